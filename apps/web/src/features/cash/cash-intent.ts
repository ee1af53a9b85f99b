import type { CashRequest } from './cash-form.ts';

/** One movement that somebody wants: the same key and the same words for every attempt to send it. */
export interface CashIntent {
  readonly request: CashRequest;
  readonly key: string;
}

/**
 * The intent behind a press of the button. While nobody knows what became of the last attempt, the same request is the
 * same intent, so that it takes effect once; a changed one is another movement.
 * @param unsettled the last intent, when its outcome is not known
 */
export function cashIntentOf(
  request: CashRequest,
  { unsettled, key }: { readonly unsettled: CashIntent | undefined; readonly key: string },
): CashIntent {
  const isSame = unsettled && JSON.stringify(unsettled.request) === JSON.stringify(request);
  return isSame ? unsettled : { request, key };
}
