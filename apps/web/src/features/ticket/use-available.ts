import { decimal, formatDecimal } from '@cnop/common/core/money';
import { useQuery } from '@tanstack/react-query';
import { balanceQuery } from '../../api/account/balance.ts';
import { holdingQuery } from '../../api/account/holdings.ts';
import type { Available } from './amount-share.ts';

/** What the user may spend and sell; undefined while it is not known. */
export function useAvailable(assetId: string, isSignedIn: boolean): Available | undefined {
  const { data: balance } = useQuery({ ...balanceQuery(), enabled: isSignedIn });
  const { data: holding } = useQuery({ ...holdingQuery(assetId), enabled: isSignedIn });
  if (!isSignedIn || !balance || holding === undefined) return undefined;
  const units =
    holding === null ? '0' : formatDecimal(decimal(holding.quantity).minus(holding.held_quantity));
  return { cash: balance.available_balance, units };
}
