import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { createQueryClient } from '../api/http/query-client.ts';
import { createAppRouter } from './router.tsx';

// Nothing needs a notice before the first page is there.
const Toasts = lazy(async () => ({ default: (await import('../ui/toasts.tsx')).Toasts }));

const queryClient = createQueryClient();
const router = createAppRouter(queryClient);

export function App() {
  return (
    // The policy of the gateway allows no style elements.
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Suspense>
          <Toasts />
        </Suspense>
      </QueryClientProvider>
    </CSPProvider>
  );
}
