import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';

/** The gateway used during development. */
const GATEWAY = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:8080';

const proxy = { '/api': { target: GATEWAY }, '/health': { target: GATEWAY } };

/** Preloads the typeface of the first text, which is used only if it arrives in time. */
function preloadTypeface(): Plugin {
  return {
    name: 'preload-typeface',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        return Object.keys(bundle)
          .filter((file) => /figtree-latin-wght.*\.woff2$/.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: '' },
            injectTo: 'head',
          }));
      },
    },
  };
}

export default defineConfig({
  // Texts get `.br` and `.gz` variants, which the gateway sends to clients that accept them.
  plugins: [react(), tailwindcss(), preloadTypeface(), compression({ algorithms: ['br', 'gz'] })],
  resolve: {
    // Workspace packages are bundled from their TypeScript. Setting the option replaces the defaults, which follow.
    conditions: ['source', 'module', 'browser', 'development|production'],
  },
  server: { proxy },
  preview: { proxy },
  build: {
    outDir: 'dist',
    // The content security policy allows no inline content, so assets must not become data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // zod reads its configuration when schemas are created, so both have to be in one chunk.
          groups: [{ name: 'zod', test: /node_modules\/zod\/|\/zod-jitless\.ts$/ }],
        },
      },
    },
  },
});
