import type { AuditChange, AuditEvent, AuditEventType } from '@cnop/common/entities/user/audit-event';
import { MISSING } from '../../../format/numbers.ts';
import type { BadgeTone } from '../../../ui/badge.tsx';

/** An event in words. */
export interface AuditWords {
  readonly title: string;
  readonly tone: BadgeTone;
  readonly facts: readonly AuditFact[];
}

export interface AuditFact {
  /** `undefined` if the value explains itself. */
  readonly label?: string;
  readonly value: string;
  /** Marks an amount of cash: a signed change, or a balance. */
  readonly money?: 'change' | 'balance';
}

const TITLES: Readonly<Record<AuditEventType, string>> = {
  sign_up: 'Account opened',
  login: 'Signed in',
  login_failure: 'Sign-in failed',
  lockout: 'Locked out after failed sign-ins',
  logout: 'Signed out',
  session_reuse: 'Old session key used again',
  password_change: 'Password changed',
  email_change: 'E-mail changed',
  role_change: 'Role changed',
  status_change: 'Status changed',
  admin_action: 'Administration',
};

const TONES: Readonly<Record<AuditEventType, BadgeTone>> = {
  sign_up: 'gain',
  login: 'neutral',
  login_failure: 'warn',
  lockout: 'loss',
  logout: 'neutral',
  session_reuse: 'loss',
  password_change: 'accent',
  email_change: 'accent',
  role_change: 'accent',
  status_change: 'accent',
  admin_action: 'accent',
};

/** Titles of administration actions, by the name used by the service. */
const ACTIONS: Readonly<Record<string, string>> = {
  create_asset: 'Asset created',
  update_asset: 'Asset edited',
  activate_asset: 'Asset activated',
  deactivate_asset: 'Asset deactivated',
  set_asset_price: 'Price set',
  propose_asset_price: 'Price proposed',
  approve_asset_price: 'Proposed price approved',
  reject_asset_price: 'Proposed price rejected',
  'balance adjustment': 'Balance adjusted',
  'transfer freeze': 'Transfer freeze changed',
};

const FACT_NAMES: Readonly<Record<string, string>> = {
  current_price: 'price',
  price_scale: 'digits of a price',
  fields: 'changed',
};
const MONEY = new Set(['amount']);
/** Facts shown without a label. */
const PLAIN = new Set(['asset_id', 'reason']);

/** The fields shown for a new asset, since all of its fields are new. */
const FIELDS_OF_CREATION = new Set(['current_price', 'status']);

export function auditWords({
  event_type,
  detail,
  changes,
}: Pick<AuditEvent, 'event_type' | 'detail' | 'changes'>): AuditWords {
  const { action, from, to, ...others } = detail;
  const isKnown = action !== undefined && Object.hasOwn(ACTIONS, action);
  const title = isKnown ? ACTIONS[action] : undefined;
  return {
    title: title ?? TITLES[event_type],
    tone: TONES[event_type],
    facts: [
      ...(action !== undefined && !isKnown ? [{ value: inWords(action) }] : []),
      ...(from !== undefined && to !== undefined ? [{ value: `${from} → ${to}` }] : []),
      ...Object.entries(others).map(([name, value]) => factOf(name, value)),
      ...changes
        .filter(({ field }) => action !== 'create_asset' || FIELDS_OF_CREATION.has(field))
        .flatMap(factsOfChange),
    ],
  };
}

function factOf(name: string, value: string): AuditFact {
  if (MONEY.has(name)) return { value, money: 'change' };
  if (PLAIN.has(name)) return { value };
  const label = FACT_NAMES[name] ?? inWords(name);
  return { label, value: name === 'fields' ? inWords(value) : value.replace(' -> ', ' → ') };
}

function factsOfChange({ field, before, after }: AuditChange): AuditFact[] {
  if (field === 'current_balance') {
    return [
      { label: 'balance before', value: before ?? MISSING, money: 'balance' },
      { label: 'after', value: after ?? MISSING, money: 'balance' },
    ];
  }
  const value = before === null ? (after ?? MISSING) : `${before} → ${after ?? MISSING}`;
  return [{ label: FACT_NAMES[field] ?? inWords(field), value }];
}

/** Turns a name of the code into words. */
function inWords(name: string): string {
  return name.replaceAll('_', ' ');
}
