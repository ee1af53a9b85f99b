import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where the gateway listens while the app is developed. */
const GATEWAY = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:8080';

const proxy = { '/api': { target: GATEWAY }, '/health': { target: GATEWAY } };

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: {
    // Workspace packages are bundled from their TypeScript. Setting the option replaces the defaults, which follow.
    conditions: ['source', 'module', 'browser', 'development|production'],
  },
  server: { proxy },
  preview: { proxy },
  build: {
    outDir: 'dist',
    // The policy of the gateway allows no inline content, so nothing may become a data: address but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Schemas are built as soon as their module runs, and zod looks at its configuration then: where zod is, the
          // configuration has to be.
          groups: [{ name: 'zod', test: /node_modules\/zod\/|\/zod-jitless\.ts$/ }],
        },
      },
    },
  },
});
