// What the platform should do, said again in as few words as possible: whole cents, whole hundred-millionths of an
// asset, and no code of the platform.

/** Units of an asset that make one of it, and units of price that make one dollar. */
export const UNITS = 100_000_000n;
const CENTS_PER_DOLLAR = 100n;
/** Units of price times units of an asset that make one cent. */
const UNITS_PER_CENT = (UNITS * UNITS) / CENTS_PER_DOLLAR;

export interface MarketAsset {
  readonly assetId: string;
  /** USD per one, in units. */
  readonly price: bigint;
  /** The smallest part of it that can be traded, in units. */
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
  ledgerLines: number;
  readonly holdings: Map<string, Holding>;
}

/** What the platform is expected to answer: its status, and the code of a refusal. */
export type Expected = 201 | `422 ${string}`;

export function emptyBooks(username: string): Funds {
  return { username, cashCents: 0n, ledgerLines: 0, holdings: new Map() };
}

export function deposit(funds: Funds, cents: bigint): Expected {
  if (cents <= 0n || cents > 1_000_000n * CENTS_PER_DOLLAR) return '422 VAL_001';
  funds.cashCents += cents;
  funds.ledgerLines += 1;
  return 201;
}

export function withdraw(funds: Funds, cents: bigint): Expected {
  if (cents <= 0n) return '422 VAL_001';
  if (cents > funds.cashCents) return '422 BUS_001';
  funds.cashCents -= cents;
  funds.ledgerLines += 1;
  return 201;
}

/** What a buy costs, in whole cents, rounded up. */
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
  funds.ledgerLines += 1;
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
  funds.ledgerLines += 1;
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

/** `12.50`: two digits, always. */
export function usdOf(cents: bigint): string {
  return digits(cents, 2);
}

/** `0.5`: as few digits as it needs. */
export function quantityOf(units: bigint): string {
  return digits(units, 8).replace(/\.?0+$/, '');
}

/** Reads a plain decimal as units. */
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
