import { createHash } from 'node:crypto';
import { ERROR_CODES } from '@cnop/exception/error-codes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { escapeHtml, renderPage } from '../../src/pages/error-pages.ts';
import type { TestGateway } from '../harness.ts';
import { openGateway } from '../harness.ts';

describe('pages', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  const get = (url: string) => gateway.app.inject(url);
  const directivesOf = (csp: unknown) => {
    const directives: Record<string, readonly string[]> = {};
    for (const part of String(csp).split('; ')) {
      const [name = '', ...values] = part.split(' ');
      directives[name] = values;
    }
    return directives;
  };

  it.each(Object.keys(ERROR_CODES))('/errors/%s explains the code', async (code) => {
    const answer = await get(`/errors/${code}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain(escapeHtml(ERROR_CODES[code as keyof typeof ERROR_CODES].meaning));
    expect(answer.body).toContain(escapeHtml(ERROR_CODES[code as keyof typeof ERROR_CODES].remedy));
  });

  it('/errors lists every code', async () => {
    const { body } = await get('/errors');
    for (const code of Object.keys(ERROR_CODES)) expect(body).toContain(`href="/errors/${code}"`);
  });

  it.each([
    '/errors/NOPE_001',
    '/errors/constructor',
    '/errors/__proto__',
    '/errors/%3Cscript%3E',
    '/errors//',
  ])('%s is not found, as a problem', async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  });

  it('an error page allows no script, no request and one style by its hash', async () => {
    const answer = await get('/errors/AUTH_001');
    const style = /<style>([^<]*)<\/style>/.exec(answer.body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(directivesOf(answer.headers['content-security-policy'])).toEqual({
      'default-src': ["'none'"],
      'style-src': [`'sha256-${hash}'`],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    });
    expect(answer.body).not.toContain('<script');
  });

  it('escapes text in a page', () => {
    expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
      '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
    );
    expect(renderPage('<script>', '')).toContain('<title>&lt;script&gt;</title>');
  });

  it('the documentation has a strict policy and calls no other origin', async () => {
    const answer = await get('/docs');
    expect(answer.statusCode).toBe(200);
    expect(directivesOf(answer.headers['content-security-policy'])).toEqual({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    });
    expect(answer.body).not.toMatch(/<script>|<style|style=|onload=/);
    const addresses = Array.from(answer.body.matchAll(/(?:src|href)="([^"]*)"/g), ([, address]) => address);
    expect(addresses).toHaveLength(3);
    for (const address of addresses) {
      expect(address).toMatch(/^\/docs\/[\w.-]+$/);
      const asset = await get(String(address));
      expect(asset.statusCode).toBe(200);
      expect(asset.headers['content-type']).toMatch(
        /^(application\/javascript|text\/(javascript|css)); charset=utf-8$/,
      );
      expect(asset.body.length).toBeGreaterThan(50);
    }
    const start = await get('/docs/start.js');
    expect(start.body).toContain("url: '/openapi.json'");
    expect(start.body).toContain('validatorUrl: null');
  });
});
