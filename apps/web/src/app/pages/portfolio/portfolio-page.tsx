import { getRouteApi, Link } from '@tanstack/react-router';
import { Portfolio } from '../../../features/portfolio/portfolio.tsx';
import { buttonClass } from '../../../ui/button.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/portfolio/');

export function PortfolioPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex items-center justify-between gap-3">
        <PageTitle>Portfolio</PageTitle>
        <Link to="/cash" className={buttonClass()}>
          Deposit or withdraw
        </Link>
      </div>
      <Portfolio
        search={search}
        onSearch={(change) => void navigate({ search: (known) => ({ ...known, ...change }) })}
      />
    </div>
  );
}
