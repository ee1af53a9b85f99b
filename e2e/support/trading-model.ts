// A minimal model of the platform in whole cents and whole hundred-millionths of an asset. It uses no code of the platform
// on purpose.

/** Units in one whole asset, and units of price in one dollar. */
export const UNITS = 100_000_000n;
const CENTS_PER_DOLLAR = 100n;
/** One cent as a product of units of price and units of an asset. */
const UNITS_PER_CENT = (UNITS * UNITS) / CENTS_PER_DOLLAR;

export interface MarketAsset {
  readonly assetId: string;
  /** USD for one whole asset, in units. */
  readonly price: bigint;
  /** The smallest tradable quantity, in units. */
  readonly step: bigint;
}

interface Holding {
  quantity: bigint;
  investedCents: bigint;
  realizedCents: bigint;
}

/** The funds of one user. */
export interface Funds {
  readonly username: string;
  cashCents: bigint;
  ledgerEntries: number;
  readonly holdings: Map<string, Holding>;
}

/** The expected answer: its status, and the code of a refusal. */
export type Expected = 201 | `422 ${string}`;

export function emptyFunds(username: string): Funds {
  return { username, cashCents: 0n, ledgerEntries: 0, holdings: new Map() };
}

export function deposit(funds: Funds, cents: bigint): Expected {
  if (cents <= 0n || cents > 1_000_000n * CENTS_PER_DOLLAR) return '422 VAL_001';
  funds.cashCents += cents;
  funds.ledgerEntries += 1;
  return 201;
}

export function withdraw(funds: Funds, cents: bigint): Expected {
  if (cents <= 0n) return '422 VAL_001';
  if (cents > funds.cashCents) return '422 BUS_001';
  funds.cashCents -= cents;
  funds.ledgerEntries += 1;
  return 201;
}

/** Returns the cost of a buy in whole cents, rounded up. */
export function costOf(asset: MarketAsset, quantity: bigint): bigint {
  return (quantity * asset.price + UNITS_PER_CENT - 1n) / UNITS_PER_CENT;
}

export function buy(funds: Funds, asset: MarketAsset, quantity: bigint): Expected {
  if (quantity <= 0n || quantity % asset.step !== 0n) return '422 VAL_001';
  const cost = costOf(asset, quantity);
  if (cost > funds.cashCents) return '422 BUS_001';
  const holding = holdingOf(funds, asset);
  holding.quantity += quantity;
  holding.investedCents += cost;
  funds.cashCents -= cost;
  funds.ledgerEntries += 1;
  return 201;
}

export function sell(funds: Funds, asset: MarketAsset, quantity: bigint): Expected {
  if (quantity <= 0n || quantity % asset.step !== 0n) return '422 VAL_001';
  const credit = (quantity * asset.price) / UNITS_PER_CENT;
  if (credit === 0n) return '422 BUS_002';
  const holding = holdingOf(funds, asset);
  if (quantity > holding.quantity) return '422 BUS_001';
  const remaining = holding.quantity - quantity;
  const keptCents = (holding.investedCents * remaining) / holding.quantity;
  holding.realizedCents += credit - (holding.investedCents - keptCents);
  holding.investedCents = keptCents;
  holding.quantity = remaining;
  funds.cashCents += credit;
  funds.ledgerEntries += 1;
  return 201;
}

export function heldOf(funds: Funds, { assetId }: MarketAsset): bigint {
  return funds.holdings.get(assetId)?.quantity ?? 0n;
}

function holdingOf(funds: Funds, { assetId }: MarketAsset): Holding {
  const holding = funds.holdings.get(assetId) ?? { quantity: 0n, investedCents: 0n, realizedCents: 0n };
  funds.holdings.set(assetId, holding);
  return holding;
}

/** Formats cents with two digits, such as `12.50`. */
export function usdOf(cents: bigint): string {
  return digits(cents, 2);
}

/** Formats units with as few digits as possible, such as `0.5`. */
export function quantityOf(units: bigint): string {
  return digits(units, 8).replace(/\.?0+$/, '');
}

/** Parses a plain decimal as units. */
export function unitsOf(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(8, '0'));
}

function digits(value: bigint, scale: number): string {
  const sign = value < 0n ? '-' : '';
  const text = String(value)
    .replace('-', '')
    .padStart(scale + 1, '0');
  return `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}
