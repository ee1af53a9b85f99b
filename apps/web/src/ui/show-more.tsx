import { Button } from './button.tsx';

export interface ShowMoreProps {
  readonly hasMore: boolean;
  readonly isBusy: boolean;
  readonly onMore: () => void;
}

/** Under a list that comes a page at a time. */
export function ShowMore({ hasMore, isBusy, onMore }: ShowMoreProps) {
  if (!hasMore) return null;
  return (
    <div className="flex justify-center border-t border-line p-3">
      <Button isBusy={isBusy} onClick={onMore}>
        Show more
      </Button>
    </div>
  );
}
