import type { Username } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal } from '@cnop/common/core/money';
import type { AirdropRecipient } from '@cnop/common/entities/asset/airdrop';
import { airdropRecipientSchema, MAX_LISTED_RECIPIENTS } from '@cnop/common/entities/asset/airdrop';
import { tooPreciseMessage } from '@cnop/common/entities/fields';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { User } from '@cnop/common/entities/user/user';
import { ValidationError } from '@cnop/exception/errors';
import { fieldErrorOf } from '@cnop/exception/problem-error';

/** Bad lines that one refusal names. */
const MAX_NAMED_LINES = 100;
const CSV_HEADER = 'username,quantity';
const LINE_END_PATTERN = /\r\n|\n|\r/;

/** A line of a list or a CSV table, with the member of the request that it comes from. */
export interface Line {
  readonly path: readonly PropertyKey[];
  /** Prefixes the message of a line of a table: `Line 3: `. */
  readonly prefix: string;
  readonly recipient: AirdropRecipient;
}

/** Returns the lines of a list of recipients. */
export function linesOfList(recipients: readonly AirdropRecipient[]): Line[] {
  return recipients.map((recipient, position) => ({
    path: ['recipients', position],
    prefix: '',
    recipient,
  }));
}

/**
 * Parses a CSV table with the header `username,quantity`.
 * @throws ValidationError (422) that names every line which is not a username and a quantity
 */
export function parseTable(text: string): Line[] {
  const [header = '', ...rows] = text.replace(/^\uFEFF/, '').split(LINE_END_PATTERN);
  if (header.replaceAll(/["\s]/g, '').toLowerCase() !== CSV_HEADER)
    throw ValidationError.ofField('csv', `Begin the table with the line "${CSV_HEADER}".`, 'invalid_table');
  const lines: Line[] = [];
  const problems: Problem[] = [];
  for (const [position, row] of rows.entries()) {
    if (row.trim() === '') continue;
    const prefix = `Line ${position + 2}: `;
    const [username, quantity, ...more] = row.split(',').map((cell) => cell.trim().replaceAll(/^"|"$/g, ''));
    const parsed = airdropRecipientSchema.safeParse({ username, quantity });
    const line = { path: ['csv'], prefix };
    if (parsed.success && more.length === 0) lines.push({ ...line, recipient: parsed.data });
    else problems.push({ line, message: 'This is not a username and a quantity above 0.' });
  }
  refuse(problems);
  if (lines.length === 0 || lines.length > MAX_LISTED_RECIPIENTS)
    throw ValidationError.ofField('csv', `Give 1 to ${MAX_LISTED_RECIPIENTS} recipients.`, 'wrong_size');
  return lines;
}

interface Problem {
  readonly line: Pick<Line, 'path' | 'prefix'>;
  readonly message: string;
}

/**
 * Checks all lines together: each recipient once, with an active account of a customer and a quantity that the asset allows.
 * @throws ValidationError (422) that names every bad line
 */
export function checkLines(
  lines: readonly Line[],
  { users, asset }: { readonly users: ReadonlyMap<Username, User>; readonly asset: Asset },
): AirdropRecipient[] {
  const seen = new Set<Username>();
  const problems = lines.flatMap((line): Problem[] => {
    const { username, quantity } = line.recipient;
    const isRepeated = seen.has(username);
    seen.add(username);
    const message = isRepeated
      ? `${username} is a recipient already.`
      : (problemOf(users.get(username)) ??
        (decimal(quantity).fits(asset.quantity_scale) ? undefined : tooPreciseMessage(asset.quantity_scale)));
    return message === undefined ? [] : [{ line, message }];
  });
  refuse(problems);
  return lines.map(({ recipient }) => recipient);
}

/** Returns why a user may not receive an airdrop; undefined when they may. */
export function problemOf(user: Pick<User, 'username' | 'status' | 'role'> | undefined): string | undefined {
  if (!user) return 'There is no such user.';
  if (user.status !== 'active') return `${user.username} is ${user.status}.`;
  return user.role === 'customer' ? undefined : `${user.username} belongs to the staff.`;
}

/** @throws ValidationError (422) when there are problems */
function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const named = problems
    .slice(0, MAX_NAMED_LINES)
    .map(({ line: { path, prefix }, message }) =>
      fieldErrorOf('body', path, { message: prefix + message, code: 'bad_recipient' }),
    );
  throw new ValidationError(named);
}

/** Returns the units for all recipients together. */
export function totalOf(recipients: readonly AirdropRecipient[]): Decimal {
  return recipients.reduce((sum, { quantity }) => sum.plus(quantity), decimal('0'));
}
