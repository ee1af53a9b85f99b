import type { InsightsProviderOptions } from '@cnop/common/config/insights-settings';
import { defineCounter } from '@cnop/common/core/figures';
import { decimal, formatDecimal } from '@cnop/common/core/money';
import { PRINTABLE_PATTERN } from '@cnop/common/entities/fields';
import { z } from 'zod';
import type { Insight } from './domain/insight.ts';

const MAX_ANSWER_BYTES = 65_536;
const MAX_TEXT_LENGTH = 500;
/** Fraction digits of a share that leaves the platform: whole percent. */
const ROUNDED_SCALE = 2;

/** Words findings, one text for each; undefined when it cannot. */
export type InsightsProvider = (insights: readonly Insight[]) => Promise<readonly string[] | undefined>;

const countRequest = defineCounter({
  name: 'cnop_insights_provider_requests_total',
  help: 'Requests to the provider of words for insights, by result.',
  labelNames: ['result'],
});

/**
 * Creates a provider that asks a language model over HTTP. It is sent codes and rounded shares alone: no username, no id, no
 * asset, no amount. Any failure leaves findings without words.
 * @see docs/reference/insights.md
 */
export function createHttpInsightsProvider({
  url,
  token,
  timeoutMilliseconds,
}: InsightsProviderOptions): InsightsProvider {
  return async (insights) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMilliseconds),
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'accept-encoding': 'identity',
          'accept-language': 'en',
          'user-agent': 'cnop',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(requestOf(insights)),
      });
      const texts = response.ok ? textsOf(await readAtMost(response), insights.length) : undefined;
      countRequest({ result: texts ? 'worded' : 'refused' });
      return texts;
    } catch {
      countRequest({ result: 'failed' });
      return undefined;
    }
  };
}

/** Returns all that the provider is told. */
function requestOf(insights: readonly Insight[]) {
  return {
    language: 'en',
    findings: insights.map(({ code, severity, values, action }) => ({
      code,
      severity,
      shares: Object.fromEntries(
        values.flatMap(({ name, unit, value }) => (unit === 'share' ? [[name, rounded(value)]] : [])),
      ),
      action,
    })),
  };
}

function rounded(share: string): string {
  return formatDecimal(decimal(share).round(ROUNDED_SCALE));
}

/** @throws RangeError when the body is too large */
async function readAtMost(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body: ReadableStream<Uint8Array> | null = response.body;
  for await (const part of body ?? []) {
    bytes += part.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new RangeError(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

const answerSchema = z.object({
  texts: z.array(z.string().min(1).max(MAX_TEXT_LENGTH).regex(PRINTABLE_PATTERN)),
});

/** Returns one text for each finding; undefined for anything else. */
function textsOf(body: string, count: number): readonly string[] | undefined {
  const answer = answerSchema.safeParse(JSON.parse(body));
  return answer.success && answer.data.texts.length === count ? answer.data.texts : undefined;
}
