import type { AssetId } from '@cnop/common/core/brands';
import { useQuery } from '@tanstack/react-query';
import { line } from 'd3-shape';
import { useEffect, useRef, useState } from 'react';
import { candlesQuery } from '../../api/market.ts';
import { toChartNumber } from '../../format/numbers.ts';

const HOURS = 24;
const WIDTH = 96;
const HEIGHT = 28;
const MARGIN = 2;
/** The line of a day changes little within minutes. */
const REFRESH_MILLISECONDS = 10 * 60_000;
const SHORT_REFRESH_MILLISECONDS = 30_000;

export interface SparklineProps {
  readonly assetId: AssetId;
  readonly isGain: boolean;
}

/** The last day as a line. Hidden from screen readers: the change beside it has the same content. */
export function Sparkline({ assetId, isGain }: SparklineProps) {
  const frame = useRef<HTMLSpanElement>(null);
  const isSeen = useIsSeen(frame);
  const { data } = useQuery({
    ...candlesQuery({ assetId, interval: '1h', limit: HOURS }),
    enabled: isSeen,
    staleTime: REFRESH_MILLISECONDS,
    // A new catalogue gets its history within minutes.
    refetchInterval: ({ state }) =>
      (state.data?.length ?? 0) < HOURS / 2 ? SHORT_REFRESH_MILLISECONDS : REFRESH_MILLISECONDS,
    retry: false,
  });
  const path = data ? pathOf(data.map(({ close }) => toChartNumber(close))) : null;
  return (
    <span ref={frame} className="inline-block h-7 w-24 align-middle">
      {path && (
        <svg
          aria-hidden="true"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          className={isGain ? 'text-gain' : 'text-loss'}
        >
          <path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
        </svg>
      )}
    </span>
  );
}

function pathOf(closes: readonly number[]): string | null {
  if (closes.length < 2) return null;
  const [low, high] = [Math.min(...closes), Math.max(...closes)];
  const range = high - low || 1;
  const stepWidth = WIDTH / (closes.length - 1);
  return line<number>()
    .x((_, index) => index * stepWidth)
    .y((close) => HEIGHT - MARGIN - ((close - low) / range) * (HEIGHT - 2 * MARGIN))(closes);
}

/** Returns whether an element has come near the viewport, so that only visible lines request data. */
function useIsSeen(element: React.RefObject<HTMLElement | null>): boolean {
  const [isSeen, setIsSeen] = useState(false);
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        setIsSeen(true);
        observer.disconnect();
      },
      { rootMargin: '200px' },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return isSeen;
}
