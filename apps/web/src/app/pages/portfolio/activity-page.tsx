import { getRouteApi } from '@tanstack/react-router';
import { OwnActivity } from '../../../features/analytics/own-activity.tsx';
import { chosenDays, searchOfDays } from '../../../format/day-span.ts';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/portfolio/activity');

export function ActivityPage() {
  const days = chosenDays(route.useSearch());
  const navigate = route.useNavigate();
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageTitle>Activity</PageTitle>
      <OwnActivity days={days} onDays={(next) => void navigate({ search: searchOfDays(next) })} />
    </div>
  );
}
