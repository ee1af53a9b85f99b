export const orderKeys = {
  all: ['orders'] as const,
  open: (assetId?: string) => ['orders', 'open', assetId ?? 'all'] as const,
  list: (filter: unknown) => ['orders', 'list', filter] as const,
  one: (orderId: string) => ['orders', 'one', orderId] as const,
  explanation: (orderId: string) => ['orders', 'explanation', orderId] as const,
};
