import { systemIds } from '@cnop/common/core/ids';
import type { QueryKey } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ApiProblem } from './api-problem.ts';
import { toProblem } from './api-problem.ts';
import type { Intent } from './intent.ts';
import { intentOf } from './intent.ts';

/** The outcome of the last request that moves money. */
export type Outcome<Request, Receipt> =
  | { readonly kind: 'none' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'done'; readonly request: Request; readonly receipt: Receipt }
  /** The server refused the request. */
  | { readonly kind: 'refused'; readonly problem: ApiProblem }
  /** It is not known whether it was done; sending it again is safe. */
  | { readonly kind: 'unknown'; readonly problem: ApiProblem };

interface IntentOptions<Request, Receipt> {
  readonly post: (request: Request, idempotencyKey: string) => Promise<Receipt>;
  /** The queries to read again after it was done. */
  readonly changes: readonly QueryKey[];
}

interface Sender<Request, Receipt> {
  readonly outcome: Outcome<Request, Receipt>;
  readonly send: (request: Request) => Promise<Outcome<Request, Receipt>>;
  /** Forgets the outcome of the last request. */
  readonly forget: () => void;
}

/**
 * Sends requests that move money, one at a time: a second one during a request does nothing. While the outcome of a
 * request is unknown, an equal one is sent with the same key.
 */
export function useIntent<Request, Receipt>({
  post,
  changes,
}: IntentOptions<Request, Receipt>): Sender<Request, Receipt> {
  const queryClient = useQueryClient();
  const [outcome, setOutcome] = useState<Outcome<Request, Receipt>>({ kind: 'none' });
  const isSending = useRef(false);
  const unsettled = useRef<Intent<Request>>(undefined);

  const attempt = async ({ request, key }: Intent<Request>): Promise<Outcome<Request, Receipt>> => {
    try {
      const receipt = await post(request, key);
      unsettled.current = undefined;
      await Promise.all(changes.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
      return { kind: 'done', request, receipt };
    } catch (error) {
      const problem = toProblem(error);
      unsettled.current = problem.isOutcomeUnknown ? { request, key } : undefined;
      return { kind: problem.isOutcomeUnknown ? 'unknown' : 'refused', problem };
    }
  };

  return {
    outcome,
    forget: () => setOutcome({ kind: 'none' }),
    async send(request) {
      if (isSending.current) return outcome;
      isSending.current = true;
      setOutcome({ kind: 'sending' });
      const intent = intentOf(request, { unsettled: unsettled.current, key: systemIds.next() });
      const result = await attempt(intent).finally(() => {
        isSending.current = false;
      });
      setOutcome(result);
      return result;
    },
  };
}
