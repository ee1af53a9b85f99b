import { getRouteApi } from '@tanstack/react-router';
import { ConversionHistory } from '../../../features/convert/conversion-history.tsx';
import { Convert } from '../../../features/convert/convert.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/cash/convert');

export function ConvertPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageTitle>Convert</PageTitle>
      <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-[minmax(0,28rem)_minmax(0,1fr)]">
        <Convert search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />
        <ConversionHistory />
      </div>
    </div>
  );
}
