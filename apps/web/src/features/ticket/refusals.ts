import type { OrderReason } from '@cnop/common/entities/order/order-preview';
import type { ApiProblem } from '../../api/http/api-problem.ts';
import { formatMoney, formatQuantity } from '../../format/numbers.ts';
import type { TicketField, TicketState } from './ticket-state.ts';
import { fieldsOf } from './ticket-state.ts';

export type TicketErrors = Partial<Record<TicketField, string>>;

const FIELD_OF: Readonly<Record<string, TicketField>> = {
  quantity: 'amount',
  price: 'limit',
  stop_price: 'stop',
  price_bound: 'bound',
  trail_amount: 'trail',
  trail_percent: 'trail',
};
/** The available cash or position does not cover the order; the amount is too large. */
const INSUFFICIENT = 'BUS_001';
const PLAIN_DECIMAL = /^\d+(?:\.\d+)?$/;

interface Complaint {
  readonly field: string | null;
  readonly code?: string | undefined;
  readonly message: string;
}

/** Returns the reasons of a preview by field. */
export function errorsOfReasons(reasons: readonly OrderReason[], state: TicketState): TicketErrors {
  const complaints = reasons.map((reason) => ({ ...reason, message: wordsFor(reason, state) }));
  return collect(complaints, state);
}

/** Returns the errors of a refused order by field. */
export function errorsOfProblem(problem: ApiProblem, state: TicketState): TicketErrors {
  const { code, message, fields } = problem;
  return collect(fields.length > 0 ? fields : [{ field: null, code, message }], state);
}

function collect(complaints: readonly Complaint[], { kind }: TicketState): TicketErrors {
  const shown = new Set<TicketField>(['amount', ...fieldsOf(kind)]);
  const errors: TicketErrors = {};
  for (const { field, code, message } of complaints) {
    const known = field === null ? (code === INSUFFICIENT ? 'amount' : undefined) : FIELD_OF[field];
    // Errors without a visible field are shown above the button.
    const place = known !== undefined && shown.has(known) ? known : 'form';
    if (errors[place]?.includes(message)) continue;
    errors[place] = errors[place] === undefined ? message : `${errors[place]} ${message}`;
  }
  return errors;
}

/** Words a shortfall with formatted amounts. */
function wordsFor({ code, message, available, required }: OrderReason, { side }: TicketState): string {
  const isPlain = [available, required].every((text) => text !== undefined && PLAIN_DECIMAL.test(text));
  if (code !== INSUFFICIENT || !isPlain) return message;
  const show = side === 'buy' ? formatMoney : formatQuantity;
  return `This needs ${show(required)}; ${show(available)} is available.`;
}
