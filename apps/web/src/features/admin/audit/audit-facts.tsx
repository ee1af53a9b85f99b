import { Money } from '../../../ui/amounts.tsx';
import type { AuditFact } from './audit-words.ts';

/** What is worth knowing about an event, in a line. */
export function AuditFacts({ facts }: { readonly facts: readonly AuditFact[] }) {
  if (facts.length === 0) return <span className="text-faint">—</span>;
  return (
    <span className="flex flex-wrap gap-x-3">
      {facts.map(({ label, value, money }) => (
        <span key={`${label} ${value}`} className="wrap-anywhere">
          {label !== undefined && <span className="text-faint">{label} </span>}
          {money ? <Money value={value} isChange={money === 'change'} /> : value}
        </span>
      ))}
    </span>
  );
}
