import { ExternalLink } from 'lucide-react';
import type { MarketAsset } from '../../api/market.ts';

const BASIS_POINTS_PER_PERCENT = 2;

/** The description of an asset and the costs of trading it. */
export function AboutAsset({ asset }: { readonly asset: MarketAsset }) {
  const { name, description, website, whitepaper, fee_bps, spread_bps } = asset;
  return (
    <section aria-labelledby="about-title" className="card grid gap-2 p-4 text-sm">
      <h2 id="about-title" className="text-base font-medium">
        About {name}
      </h2>
      {description && <p className="max-w-prose text-muted">{description}</p>}
      <p className="text-muted">
        {fee_bps === 0 ? 'No trading fee' : `Trading fee ${percentOf(fee_bps)} of the total`},{' '}
        {spread_bps === 0 ? 'no spread' : `spread ${percentOf(spread_bps)}`}.
      </p>
      <p className="flex flex-wrap gap-4">
        {website && <OutwardLink href={website}>Website</OutwardLink>}
        {whitepaper && <OutwardLink href={whitepaper}>Whitepaper</OutwardLink>}
      </p>
    </section>
  );
}

function OutwardLink({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <a
      href={href}
      rel="noreferrer"
      target="_blank"
      className="inline-flex min-h-6 items-center gap-1 text-accent hover:underline"
    >
      {children}
      <ExternalLink aria-label="opens another site" className="size-3" />
    </a>
  );
}

/** Formats basis points as a percentage: 25 is `0.25%`. */
function percentOf(basisPoints: number): string {
  const digits = String(basisPoints).padStart(BASIS_POINTS_PER_PERCENT + 1, '0');
  return `${digits.slice(0, -BASIS_POINTS_PER_PERCENT)}.${digits.slice(-BASIS_POINTS_PER_PERCENT)}%`;
}
