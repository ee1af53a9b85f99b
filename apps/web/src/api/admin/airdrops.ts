import type { AirdropId, AssetId } from '@cnop/common/core/brands';
import { airdropSchema } from '@cnop/common/entities/asset/airdrop';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import type { Download } from '../http/client.ts';
import { callApi, downloadFile, FIRST_PAGE, pageSchema } from '../http/client.ts';

const REFRESH_MILLISECONDS = 10_000;
/** While a job runs, so that its progress is seen. */
const PROGRESS_MILLISECONDS = 2_000;
const PAGE_SIZE = '50';

const shownAirdropSchema = airdropSchema.omit({ work_due_at: true, updated_at: true });
export type ShownAirdrop = z.output<typeof shownAirdropSchema>;
const pageOfAirdropsSchema = pageSchema(shownAirdropSchema);
const answerSchema = z.object({ data: shownAirdropSchema });

const previewAnswerSchema = z.object({
  data: airdropSchema
    .pick({ recipients: true, total_quantity: true, total_value: true })
    .extend({ needs_approval: z.boolean(), first_recipients: z.array(z.string()) }),
});
export type AirdropPreview = z.output<typeof previewAnswerSchema>['data'];

/** Who gets how much: a list, a CSV table, or the same units for all users of a group. */
type Recipients =
  | { readonly recipients: readonly { readonly username: string; readonly quantity: string }[] }
  | { readonly csv: string }
  | { readonly group: 'active_users'; readonly quantity: string }
  | { readonly group: 'holders'; readonly held_asset_id: AssetId; readonly quantity: string };

export type AirdropContent = Recipients & { readonly asset_id: AssetId };
export interface AirdropRequest {
  readonly content: AirdropContent;
  /** The recipients see it. */
  readonly reason: string;
}

/** What an administrator does with an airdrop that exists. */
export type AirdropStep = 'approve' | 'reject' | 'pause' | 'resume' | 'cancel';

export const AIRDROPS_KEY = ['admin', 'airdrops'] as const;
const PATH = '/admin/airdrops';

/** Lists airdrops, newest first, one page at a time; again every few seconds, and more often while one runs. */
export function airdropsQuery() {
  return infiniteQueryOptions({
    queryKey: AIRDROPS_KEY,
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: PATH,
        query: { limit: PAGE_SIZE, cursor: pageParam },
        schema: pageOfAirdropsSchema,
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ data }) => data.some(({ status }) => status === 'running'))
        ? PROGRESS_MILLISECONDS
        : REFRESH_MILLISECONDS,
  });
}

/**
 * Checks an airdrop and says what it would be.
 * @throws ApiProblem (422) that names every bad line
 */
export async function previewAirdrop(content: AirdropContent): Promise<AirdropPreview> {
  const request = { method: 'POST', path: `${PATH}/preview`, body: content } as const;
  return (await callApi({ ...request, schema: previewAnswerSchema })).data;
}

/**
 * Creates an airdrop, which starts at once or awaits a second administrator.
 * @param idempotencyKey the same for every attempt
 */
export async function createAirdrop(
  { content, reason }: AirdropRequest,
  idempotencyKey: string,
): Promise<ShownAirdrop> {
  const request = { method: 'POST', path: PATH, body: { ...content, reason }, idempotencyKey } as const;
  return (await callApi({ ...request, schema: answerSchema })).data;
}

function pathOf(airdropId: AirdropId, end: AirdropStep | 'report'): string {
  return `${PATH}/${encodeURIComponent(airdropId)}/${end}`;
}

/** Takes a step with an airdrop. The status allows each step once, so it needs no idempotency key. */
export async function steerAirdrop(airdropId: AirdropId, step: AirdropStep): Promise<ShownAirdrop> {
  return (await callApi({ method: 'POST', path: pathOf(airdropId, step), schema: answerSchema })).data;
}

/** Downloads what became of each recipient as CSV. */
export async function exportAirdrop(airdropId: AirdropId): Promise<Download> {
  return downloadFile({
    path: pathOf(airdropId, 'report'),
    mediaType: 'text/csv',
    fallbackName: 'cnop-airdrop.csv',
  });
}
