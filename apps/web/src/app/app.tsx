import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { lazy, Suspense } from 'react';
import { createQueryClient } from '../api/http/query-client.ts';
import { createAppRouter } from './router.tsx';

// Notices are loaded after the first page, and failing to load them must not break it.
const Toasts = lazy<ComponentType>(() =>
  import('../ui/toasts.tsx').then(
    ({ Toasts: loaded }) => ({ default: loaded }),
    () => ({ default: () => null }),
  ),
);

const queryClient = createQueryClient();
const router = createAppRouter(queryClient);

export function App() {
  return (
    // The content security policy of the gateway allows no style elements.
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
