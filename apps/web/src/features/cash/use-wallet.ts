import type { Currency } from '@cnop/common/entities/currency';
import { BASE_CURRENCY } from '@cnop/common/entities/currency';
import { useQuery } from '@tanstack/react-query';
import type { CashBalance } from '../../api/account/cash.ts';
import { balanceQuery } from '../../api/account/cash.ts';
import { walletsQuery } from '../../api/account/wallets.ts';

interface WalletCash {
  /** `undefined` until it is known. */
  readonly data: Readonly<Record<keyof CashBalance, string>> | undefined;
  readonly error: Error | null;
  readonly refetch: () => void;
}

/** A wallet before its first use. */
const EMPTY = { current_balance: '0', held_balance: '0', available_balance: '0' };

/** Returns the cash of the user in one currency. */
export function useWallet(currency: Currency): WalletCash {
  const isBase = currency === BASE_CURRENCY;
  const balance = useQuery({ ...balanceQuery(), enabled: isBase });
  const wallets = useQuery({ ...walletsQuery(), enabled: !isBase });
  const { error, refetch } = isBase ? balance : wallets;
  const stored = wallets.data?.data.find((wallet) => wallet.currency === currency);
  const data = isBase ? balance.data : wallets.data && (stored ?? EMPTY);
  return { data, error, refetch: () => void refetch() };
}
