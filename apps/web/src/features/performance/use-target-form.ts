import type { AssetId } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TargetAllocation } from '../../api/account/performance.ts';
import {
  INSIGHTS_KEY,
  removeTarget,
  saveTarget,
  TARGET_KEY,
  targetQuery,
} from '../../api/account/performance.ts';
import { portfolioQuery } from '../../api/account/portfolio.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { readDecimal } from '../../format/decimal-input.ts';
import { plainText } from '../../format/numbers.ts';

const PERCENT_SCALE = 2;

/** Typed percentages: of cash, and by asset. */
export interface TargetInput {
  readonly cash: string;
  readonly assets: readonly { readonly asset_id: AssetId; readonly percentage: string }[];
}

/** The state of the editor of the target allocation. */
export function useTargetForm() {
  const client = useQueryClient();
  const stored = useQuery(targetQuery());
  const portfolio = useQuery(portfolioQuery());
  const [edited, setEdited] = useState<TargetInput>();
  const [problem, setProblem] = useState<string>();
  const initial: TargetInput = stored.data ?? {
    cash: '',
    assets: (portfolio.data?.assets ?? []).map(({ asset_id }) => ({ asset_id, percentage: '' })),
  };
  const input = edited ?? initial;

  const settle = async (): Promise<void> => {
    await Promise.all(
      [TARGET_KEY, INSIGHTS_KEY].map(async (queryKey) => client.invalidateQueries({ queryKey })),
    );
    setEdited(undefined);
    setProblem(undefined);
  };
  const onError = (error: unknown): void => setProblem(toProblem(error).message);
  const saving = useMutation({ mutationFn: saveTarget, onSuccess: settle, onError });
  const removing = useMutation({ mutationFn: removeTarget, onSuccess: settle, onError });

  return {
    stored,
    input,
    sum: sumOf(input),
    problem,
    isStored: stored.data !== null && stored.data !== undefined,
    isSaved: saving.isSuccess && edited === undefined,
    isBusy: saving.isPending || removing.isPending,
    change: setEdited,
    remove: (): void => removing.mutate(),
    submit(): void {
      const target = targetOf(input);
      if (typeof target === 'string') setProblem(target);
      else saving.mutate(target);
    },
  };
}

/** Returns the sum of the percentages that can be read. */
function sumOf({ cash, assets }: TargetInput): string {
  const read = [cash, ...assets.map(({ percentage }) => percentage)].map((typed) => readPercentage(typed));
  return plainText(read.reduce((sum, text) => sum.plus(text ?? '0'), decimal('0')));
}

/** Returns the target that was typed, or what is wrong with it. */
function targetOf({ cash, assets }: TargetInput): TargetAllocation | string {
  const cashText = readPercentage(cash);
  const read = assets.map(({ asset_id, percentage }) => ({
    asset_id,
    percentage: readPercentage(percentage),
  }));
  if (cashText === undefined || read.some(({ percentage }) => percentage === undefined)) {
    return 'Enter percentages such as 12.5, with at most two digits after the point.';
  }
  const target = {
    cash: cashText,
    assets: read.flatMap(({ asset_id, percentage }) =>
      percentage === undefined || decimal(percentage).eq('0') ? [] : [{ asset_id, percentage }],
    ),
  };
  const sum = sumOf({ cash, assets });
  return decimal(sum).eq('100') ? target : `The percentages sum up to ${sum}. They must sum up to 100.`;
}

/** Returns a typed percentage as the API takes it; nothing is 0, and `undefined` cannot be read. */
function readPercentage(typed: string): string | undefined {
  const trimmed = typed.trim();
  if (trimmed === '' || /^0+$/.test(trimmed)) return '0';
  const read = readDecimal(trimmed, PERCENT_SCALE);
  return read.kind === 'value' ? read.text : undefined;
}
