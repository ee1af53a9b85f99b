import { getRouteApi } from '@tanstack/react-router';
import { HouseBook } from '../../../features/admin/treasury/house-book.tsx';
import { PlatformAnalytics } from '../../../features/admin/treasury/platform-analytics.tsx';
import { chosenDays, searchOfDays } from '../../../format/day-span.ts';
import { PageTitle } from '../../page-title.tsx';

const houseRoute = getRouteApi('/admin/house');
const analyticsRoute = getRouteApi('/admin/analytics');

export function HousePage() {
  const days = chosenDays(houseRoute.useSearch());
  const navigate = houseRoute.useNavigate();
  return (
    <>
      <PageTitle>House book</PageTitle>
      <HouseBook days={days} onDays={(next) => void navigate({ search: searchOfDays(next) })} />
    </>
  );
}

export function AnalyticsPage() {
  const days = chosenDays(analyticsRoute.useSearch());
  const navigate = analyticsRoute.useNavigate();
  return (
    <>
      <PageTitle>Analytics</PageTitle>
      <PlatformAnalytics days={days} onDays={(next) => void navigate({ search: searchOfDays(next) })} />
    </>
  );
}
