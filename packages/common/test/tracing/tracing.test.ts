import type { Span, Tracing } from '@cnop/common/tracing/tracing';
import {
  activeSpan,
  followSpans,
  formatTraceparent,
  parseTraceparent,
  runInSpan,
  traceJob,
  traceStep,
} from '@cnop/common/tracing/tracing';
import { describe, expect, it } from 'vitest';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('a traceparent header', () => {
  it.each([
    ['00', '01', true],
    ['00', '00', false],
    ['00', '03', true],
    ['cc', '01', true],
  ])('of version %s with flags %s is read', (version, flags, isSampled) => {
    expect(parseTraceparent(`${version}-${TRACE}-${SPAN}-${flags}`)).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      isSampled,
    });
  });

  it('of a later version may have further parts', () => {
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-01-more`)).toMatchObject({ traceId: TRACE });
  });

  it.each([
    undefined,
    '',
    TRACE,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01 `,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}x-${SPAN}-01`,
    [`00-${TRACE}-${SPAN}-01`],
  ])('that is not valid counts as absent: %s', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('is written as it is read', () => {
    const header = `00-${TRACE}-${SPAN}-01`;
    const context = parseTraceparent(header);
    expect(context && formatTraceparent(context)).toBe(header);
  });
});

/** A span that notes what happens to it and to its steps. */
function noteSpan(notes: string[], { isSampled = true, name = 'request' } = {}): Span {
  return {
    traceId: TRACE,
    spanId: name,
    isSampled,
    child: (step) => noteSpan(notes, { name: step }),
    set: () => undefined,
    fail: (error) => void notes.push(`${name} failed: ${String(error)}`),
    end: () => void notes.push(`${name} ended`),
  };
}

describe('a step', () => {
  it('belongs to the active span, across asynchronous work, and ends with it', async () => {
    const notes: string[] = [];
    await runInSpan(noteSpan(notes), () =>
      traceStep('outer', {}, async () => {
        await Promise.resolve();
        await traceStep('inner', {}, async () => void notes.push(`in ${activeSpan()?.spanId}`));
        notes.push(`in ${activeSpan()?.spanId}`);
      }),
    );
    expect(notes).toEqual(['in inner', 'inner ended', 'in outer', 'outer ended']);
  });

  it('that fails is marked, and its error is thrown', async () => {
    const notes: string[] = [];
    const failing = runInSpan(noteSpan(notes), () =>
      traceStep('step', {}, async () => Promise.reject(new Error('broken'))),
    );
    await expect(failing).rejects.toThrow('broken');
    expect(notes).toEqual(['step failed: Error: broken', 'step ended']);
  });

  it('of a request that is not sampled has no span', async () => {
    const notes: string[] = [];
    await runInSpan(noteSpan(notes, { isSampled: false }), () =>
      traceStep('step', {}, async (span) => void notes.push(span ? 'a span' : 'no span')),
    );
    expect(notes).toEqual(['no span']);
  });

  it('is followed until the last sampled request has ended', async () => {
    const notes: string[] = [];
    const leaveFirst = followSpans();
    const leaveSecond = followSpans();
    await runInSpan(noteSpan(notes), async () => {
      leaveFirst();
      await Promise.resolve();
      expect(activeSpan()?.spanId).toBe('request');
      leaveSecond();
      expect(activeSpan()).toBeUndefined();
    });
  });
});

describe('a background job', () => {
  const tracingOf = (span: Span): Tracing => ({
    startRequest: () => span,
    startJob: () => span,
    close: async () => Promise.resolve(),
  });

  it('is a trace that its steps belong to', async () => {
    const notes: string[] = [];
    const job = traceJob(tracingOf(noteSpan(notes, { name: 'job' })), 'job', async () =>
      traceStep('step', {}, async () => Promise.resolve('result')),
    );
    await expect(job).resolves.toBe('result');
    expect(notes).toEqual(['step ended', 'job ended']);
    expect(activeSpan()).toBeUndefined();
  });

  it('that fails is marked, and its error is thrown', async () => {
    const notes: string[] = [];
    const job = traceJob(tracingOf(noteSpan(notes, { name: 'job' })), 'job', async () =>
      Promise.reject(new Error('broken')),
    );
    await expect(job).rejects.toThrow('broken');
    expect(notes).toEqual(['job failed: Error: broken', 'job ended']);
  });

  it('that is not sampled, or of a process without traces, only runs', async () => {
    const notes: string[] = [];
    const unsampled = tracingOf(noteSpan(notes, { isSampled: false }));
    for (const tracing of [unsampled, undefined]) {
      await traceJob(tracing, 'job', async () => Promise.resolve(notes.push(activeSpan() ? 'span' : 'none')));
    }
    expect(notes).toEqual(['none', 'none']);
  });
});
