import { MAX_SCALE } from '@cnop/common/core/money';
import { MAX_LISTED_RECIPIENTS } from '@cnop/common/entities/asset/airdrop';
import { assetIdSchema, descriptionSchema } from '@cnop/common/entities/fields';
import type { AirdropContent, AirdropRequest } from '../../../api/admin/airdrops.ts';
import type { ApiProblem } from '../../../api/http/api-problem.ts';
import { readDecimal } from '../../../format/decimal-input.ts';
import { formatCount } from '../../../format/numbers.ts';
import type { FieldErrors } from '../field-errors.ts';

export type RecipientsKind = 'list' | 'csv' | 'active_users' | 'holders';

/** The fields as typed. */
export interface AirdropForm {
  readonly kind: RecipientsKind;
  readonly asset: string;
  /** One username a line. */
  readonly names: string;
  /** A CSV table of usernames and units. */
  readonly table: string;
  /** The asset that the recipients hold. */
  readonly held: string;
  /** For each recipient. */
  readonly units: string;
  readonly reason: string;
}

export type AirdropField = Exclude<keyof AirdropForm, 'kind'>;
export type AirdropErrors = FieldErrors<AirdropField>;

/** In the order of the screen: the first field with an error gets the focus. */
export const AIRDROP_FIELDS: readonly AirdropField[] = ['asset', 'names', 'table', 'held', 'units', 'reason'];

export const EMPTY_AIRDROP_FORM: AirdropForm = {
  kind: 'list',
  asset: '',
  names: '',
  table: '',
  held: '',
  units: '',
  reason: '',
};

/** A line of the list or the table that the server refuses. */
export interface BadLine {
  /** From 1, as editors count. */
  readonly number: number;
  readonly text: string;
  readonly message: string;
}

export type AirdropReading =
  | { readonly kind: 'good'; readonly request: AirdropRequest }
  | { readonly kind: 'bad'; readonly errors: AirdropErrors };

const REQUIRED = 'Required.';

/**
 * Reads the form. What only the server knows, such as the names of users, is left to it.
 * @param scaleOf returns the digits after the point that an asset allows, `undefined` for an unknown asset
 */
export function readAirdropForm(
  form: AirdropForm,
  scaleOf: (asset: string) => number | undefined,
): AirdropReading {
  const asset = readAsset(form.asset);
  const reason = descriptionSchema.trim().min(1).safeParse(form.reason);
  const scale = scaleOf(form.asset.trim().toUpperCase()) ?? MAX_SCALE;
  const { content, errors } = readRecipients(form, scale);
  const found: AirdropErrors = {
    ...(asset.error !== undefined && { asset: asset.error }),
    ...errors,
    ...(!reason.success && {
      reason: form.reason.trim() === '' ? REQUIRED : 'At most 500 characters, without control characters.',
    }),
  };
  return asset.id !== undefined && content && reason.success
    ? { kind: 'good', request: { content: { asset_id: asset.id, ...content }, reason: reason.data } }
    : { kind: 'bad', errors: found };
}

function readAsset(typed: string) {
  const read = assetIdSchema.safeParse(typed.trim());
  if (read.success) return { id: read.data };
  return { error: typed.trim() === '' ? REQUIRED : 'Use the letters and digits of an asset.' };
}

type WithoutAsset<Content> = Content extends AirdropContent ? Omit<Content, 'asset_id'> : never;

interface RecipientsReading {
  readonly content?: WithoutAsset<AirdropContent>;
  readonly errors: AirdropErrors;
}

function readRecipients(form: AirdropForm, scale: number): RecipientsReading {
  if (form.kind === 'csv')
    return form.table.trim() === ''
      ? { errors: { table: REQUIRED } }
      : { content: { csv: form.table }, errors: {} };
  const units = readDecimal(form.units, scale);
  const unitsError =
    units.kind === 'value' ? {} : { units: units.kind === 'empty' ? REQUIRED : units.message };
  const quantity = units.kind === 'value' ? units.text : undefined;
  if (form.kind === 'list') {
    const names = nameLines(form.names).map(({ text }) => text.replace(/^@/, ''));
    const namesError = listError(names.length);
    if (namesError !== undefined || quantity === undefined)
      return { errors: { ...(namesError !== undefined && { names: namesError }), ...unitsError } };
    return { content: { recipients: names.map((username) => ({ username, quantity })) }, errors: {} };
  }
  const held = form.kind === 'holders' ? readAsset(form.held) : undefined;
  const errors = { ...(held?.error !== undefined && { held: held.error }), ...unitsError };
  if (quantity === undefined || held?.error !== undefined) return { errors };
  if (held?.id !== undefined)
    return { content: { group: 'holders', held_asset_id: held.id, quantity }, errors };
  return { content: { group: 'active_users', quantity }, errors };
}

function listError(count: number): string | undefined {
  if (count === 0) return 'Enter at least one username.';
  return count > MAX_LISTED_RECIPIENTS
    ? `At most ${formatCount(MAX_LISTED_RECIPIENTS)} names; there are ${formatCount(count)}.`
    : undefined;
}

/** Returns the lines of a text with their numbers, without empty ones. */
function nameLines(text: string): Pick<BadLine, 'number' | 'text'>[] {
  return text
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter((line) => line.text !== '');
}

const FIELDS_OF_API: Readonly<Record<string, AirdropField>> = {
  asset_id: 'asset',
  recipients: 'names',
  csv: 'table',
  held_asset_id: 'held',
  quantity: 'units',
  reason: 'reason',
};
const NOT_FOUND = 404;
const LISTED_PATTERN = /^recipients\.(\d+)/;
const TABLE_LINE_PATTERN = /^Line (\d+): (.*)$/s;

export interface SortedRefusal {
  readonly errors: AirdropErrors;
  readonly lines: readonly BadLine[];
  /** What belongs to no field. */
  readonly rest: string | undefined;
}

/** Sorts the errors of a refused airdrop: those of lines, those of fields, and the rest. */
export function sortRefusal(problem: ApiProblem, form: AirdropForm): SortedRefusal {
  if (problem.status === NOT_FOUND)
    return { errors: { asset: 'There is no such asset.' }, lines: [], rest: undefined };
  if (problem.fields.length === 0) return { errors: {}, lines: [], rest: problem.message };
  const errors: AirdropErrors = {};
  const lines: BadLine[] = [];
  const rest: string[] = [];
  for (const { field, message } of problem.fields) {
    const line = badLine(field, message, form);
    const known = FIELDS_OF_API[field];
    // A line can have several errors; the first is enough.
    if (line && !lines.some(({ number }) => number === line.number)) lines.push(line);
    if (line) continue;
    if (known) errors[known] ??= message;
    else rest.push(message);
  }
  if (lines.length > 0) errors[form.kind === 'csv' ? 'table' : 'names'] ??= countOfLines(lines.length);
  return { errors, lines, rest: rest.join(' ') || undefined };
}

function countOfLines(count: number): string {
  return count === 1 ? 'One line cannot be used.' : `${formatCount(count)} lines cannot be used.`;
}

/** Returns the line that an error of the API is about; `undefined` when it is about none. */
function badLine(field: string, message: string, { names, table }: AirdropForm): BadLine | undefined {
  const [, position] = LISTED_PATTERN.exec(field) ?? [];
  if (position !== undefined) {
    const line = nameLines(names).find((_, index) => String(index) === position);
    return line && { ...line, message };
  }
  const [, numeral, text = ''] = TABLE_LINE_PATTERN.exec(message) ?? [];
  if (field !== 'csv' || numeral === undefined) return undefined;
  const number = table.split('\n').findIndex((_, index) => String(index + 1) === numeral) + 1;
  return { number, text: table.split('\n')[number - 1]?.trim() ?? '', message: text };
}
