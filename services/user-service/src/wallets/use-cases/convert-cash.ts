import type { Username } from '@cnop/common/core/brands';
import { isoTime, newId } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import type { Intent, Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { commitWallets, walletRecord } from '@cnop/common/dao/user/wallet-dao';
import type { Item, ItemKey } from '@cnop/common/database/table-store';
import type { Currency } from '@cnop/common/entities/currency';
import {
  BASE_CURRENCY,
  currencyAssetId,
  currencySchema,
  formatAmount,
  shownAmount,
} from '@cnop/common/entities/currency';
import type { UserRole } from '@cnop/common/entities/user/user';
import type { Conversion } from '@cnop/common/entities/user/wallet';
import { conversionSchema } from '@cnop/common/entities/user/wallet';
import type {
  ConversionEstimate,
  ConversionRequest,
  ConversionSituation,
  ConvertedCash,
  PostedConversion,
} from '@cnop/common/trading/conversion';
import {
  assertDifferent,
  conversionRefusals,
  estimateConversion,
  postConversion,
} from '@cnop/common/trading/conversion';
import type { CurrencyPair } from '@cnop/common/trading/conversion-amounts';
import type { QuotedCurrency } from '@cnop/common/trading/exchange-rates';
import { assertMayTrade, mayTrade } from '@cnop/common/trading/permissions';
import { ForbiddenError, NotFoundError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import { balanceIn } from './read-wallets.ts';

/** A conversion as its user sees it. */
export const conversionViewSchema = conversionSchema.omit({ username: true, legs: true });

/** The response to a conversion. */
export const conversionReceiptSchema = z.object({
  message: z.string(),
  data: conversionViewSchema,
  balances: z
    .object({ from: z.string(), to: z.string() })
    .describe('The current balance of each currency after the conversion.'),
});
type ConversionReceipt = z.infer<typeof conversionReceiptSchema>;

const cashSchema = z.object({ current: z.string(), held: z.string(), available: z.string() });
const cashChangeSchema = z
  .object({ before: cashSchema, after: cashSchema.nullable() })
  .describe('In the currency; `after` is null when the conversion would be refused.');

/** What a conversion would do if it were sent now. */
export const conversionPreviewSchema = z.object({
  would_be: z.enum(['completed', 'refused']),
  from: currencySchema,
  to: currencySchema,
  debited: z.string().nullable().describe('In the currency `from`; null without a quote.'),
  credited: z.string().nullable().describe('In the currency `to`; null without a quote.'),
  rate: z.string().nullable().describe('Units of `to` for one of `from`, both spreads included.'),
  from_quote: conversionSchema.shape.from_quote,
  to_quote: conversionSchema.shape.to_quote,
  balances: z.object({ from: cashChangeSchema, to: cashChangeSchema }),
  reasons: z
    .array(
      z.object({
        code: z.string().describe('The code of the problem response that the conversion would get.'),
        field: z.string().nullable(),
        message: z.string(),
      }),
    )
    .describe('Every reason for which the conversion would be refused.'),
});
type ConversionPreview = z.infer<typeof conversionPreviewSchema>;

type QuoteDeps = Pick<UserDependencies, 'assets' | 'quoteFor'>;
type ConversionDeps = QuoteDeps & Pick<UserDependencies, 'store' | 'clock' | 'ids' | 'maxQuoteAgeSeconds'>;

/** A conversion with its user. */
export interface ConversionCommand {
  readonly username: Username;
  /** The role in the access token. */
  readonly role: UserRole;
  readonly request: ConversionRequest;
}

/**
 * Converts cash between two currencies of a user at the present quotes. Balance, wallets, their ledger entries, the record
 * with the quotes, the event and the stored response for retries are one commit.
 * @throws StaffCannotTradeError (403) for a role that sets rates
 * @throws ValidationError (422) for two equal currencies, or an Idempotency-Key that was used for another request
 * @throws NotFoundError (404) without an account
 * @throws ProblemError the first one of `conversionRefusals`
 * @see docs/reference/wallets.md
 */
export async function convertCash(
  deps: ConversionDeps,
  { username, role, request, intent }: ConversionCommand & { readonly intent: Intent | undefined },
): Promise<Once<ConversionReceipt>> {
  assertDifferent(request);
  const now = deps.clock.now();
  const at = isoTime(now);
  const [id, eventId] = [deps.ids.next(), deps.ids.next()];
  const context = { id, entryId: id, at, orderId: null };
  const terms = { request, now, maxAgeSeconds: deps.maxQuoteAgeSeconds };
  const currencies = await quotedPair(deps, request);
  return transactOnce(deps.store, {
    intent,
    now,
    answer: conversionReceiptSchema,
    reads: cashReads(username, request),
    decide: (items) => {
      // Checked inside the transaction, so that a retry is answered whatever became of the role.
      assertMayTrade(role);
      const posted = postConversion({ ...terms, currencies, cash: cashOf(items) }, context);
      return { writes: commitWallets(posted, { at, eventId }), result: receiptOf(posted) };
    },
  });
}

function receiptOf(posted: PostedConversion): ConversionReceipt {
  const { conversion } = posted;
  const { from, to, debited, credited } = conversion;
  return {
    message: `Converted ${shownAmount(decimal(debited), from)} to ${shownAmount(decimal(credited), to)}`,
    data: conversionViewSchema.parse(conversion),
    balances: { from: currentIn(from, posted), to: currentIn(to, posted) },
  };
}

function currentIn(currency: Currency, { balance, wallets }: PostedConversion): string {
  const wallet = wallets.find((each) => each.wallet.currency === currency)?.wallet;
  return wallet?.current_balance ?? balance.current_balance;
}

/** Stands for the id that a conversion would have. */
const NO_ID = newId('preview');

/**
 * Predicts what a conversion would do if it were sent now, with every reason to refuse it. Writes nothing.
 * @throws ValidationError (422) for two equal currencies
 * @throws NotFoundError (404) without an account
 */
export async function previewConversion(
  deps: Omit<ConversionDeps, 'ids'>,
  { username, role, request }: ConversionCommand,
): Promise<ConversionPreview> {
  assertDifferent(request);
  const now = deps.clock.now();
  const currencies = await quotedPair(deps, request);
  // A transaction without writes reads the balance and both wallets at one moment.
  return deps.store.transact(cashReads(username, request), (items) => {
    const cash = cashOf(items);
    const situation = { request, currencies, now, maxAgeSeconds: deps.maxQuoteAgeSeconds, cash };
    return { writes: [], result: previewOf(situation, role) };
  });
}

function previewOf(situation: ConversionSituation, role: UserRole): ConversionPreview {
  const { request, currencies, cash, now } = situation;
  const { from, to } = request;
  const refusals = conversionRefusals(situation);
  if (!mayTrade(role))
    refusals.unshift(new ForbiddenError('Accounts with a staff role cannot convert cash.'));
  const reasons = refusals.map(({ code, message, errors }) => ({
    code,
    field: errors[0]?.field ?? null,
    message,
  }));
  const estimate = estimateConversion(situation);
  const context = { id: NO_ID, entryId: NO_ID, at: isoTime(now), orderId: null };
  const posted = refusals.length === 0 ? postConversion(situation, context) : undefined;
  return {
    would_be: posted ? 'completed' : 'refused',
    from,
    to,
    ...amountsOf(request, estimate),
    from_quote: posted?.conversion.from_quote ?? quoteOf(currencies.from),
    to_quote: posted?.conversion.to_quote ?? quoteOf(currencies.to),
    balances: {
      from: changeIn(from, cash, posted),
      to: changeIn(to, cash, posted),
    },
    reasons,
  };
}

function amountsOf(
  { from, to }: CurrencyPair,
  estimate: ConversionEstimate | undefined,
): Pick<ConversionPreview, 'debited' | 'credited' | 'rate'> {
  if (!estimate) return { debited: null, credited: null, rate: null };
  const { debited, credited, rate } = estimate;
  return { debited: formatAmount(debited, from), credited: formatAmount(credited, to), rate };
}

function quoteOf(quoted: QuotedCurrency): Conversion['from_quote'] {
  return quoted.currency === BASE_CURRENCY ? null : (quoted.quote ?? null);
}

function changeIn(
  currency: Currency,
  cash: ConvertedCash,
  posted: PostedConversion | undefined,
): z.infer<typeof cashChangeSchema> {
  const before = [cash.wallets.from, cash.wallets.to].find((wallet) => wallet?.currency === currency);
  const after = posted?.wallets.find(({ wallet }) => wallet.currency === currency)?.wallet;
  return {
    before: balanceIn(currency, cash.balance, before),
    after: posted ? balanceIn(currency, posted.balance, after) : null,
  };
}

/** Reads both currencies of a conversion with their quotes. A currency that the catalogue lacks has none. */
async function quotedPair(
  { assets, quoteFor }: QuoteDeps,
  { from, to }: CurrencyPair,
): Promise<ConversionSituation['currencies']> {
  const ids = [from, to].flatMap((currency) => (currency === BASE_CURRENCY ? [] : currencyAssetId(currency)));
  const found = await assets.getAssetsByIds(ids);
  const quoted = (currency: Currency): QuotedCurrency => {
    if (currency === BASE_CURRENCY) return { currency };
    const id = currencyAssetId(currency);
    const asset = found.get(id);
    if (asset?.category !== 'currency') return { currency, status: 'cancel_only', quote: undefined };
    return { currency, status: asset.status, quote: quoteFor(id, asset) };
  };
  return { from: quoted(from), to: quoted(to) };
}

/** The items that decide about a conversion. */
interface CashItems {
  readonly balance: Item | undefined;
  readonly from?: Item | undefined;
  readonly to?: Item | undefined;
}

function cashReads(
  username: Username,
  { from, to }: CurrencyPair,
): { readonly balance: ItemKey; readonly from?: ItemKey; readonly to?: ItemKey } {
  return {
    balance: balanceRecord.key({ username }),
    ...(from !== BASE_CURRENCY && { from: walletRecord.key({ username, currency: from }) }),
    ...(to !== BASE_CURRENCY && { to: walletRecord.key({ username, currency: to }) }),
  };
}

/** @throws NotFoundError (404) without an account */
function cashOf(items: CashItems): ConvertedCash {
  const balance = balanceRecord.readIfPresent(items.balance);
  if (!balance) throw new NotFoundError('The account');
  const [from, to] = [walletRecord.readIfPresent(items.from), walletRecord.readIfPresent(items.to)];
  return { balance, wallets: { ...(from && { from }), ...(to && { to }) } };
}

/** Returns a page of a user's conversions, newest first. */
export async function listConversions(
  { wallets }: Pick<UserDependencies, 'wallets'>,
  username: Username,
  page: PageRequest,
): Promise<Page<Conversion>> {
  return wallets.getConversions(username, page);
}
