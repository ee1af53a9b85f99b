import { isIP } from 'node:net';
import { z } from 'zod';
import { playMoneySettings } from './play-money-settings.ts';
import {
  addressListSetting,
  GATEWAY_SECRET_MISSING,
  hopSettings,
  integerSetting,
  isLoopback,
  listSetting,
  portSetting,
} from './settings.ts';

const DEFAULT_PORT = 8_080;
const MAX_REQUESTS_PER_MINUTE = 100_000_000;

/** Requests per minute and client; 0 means no limit. */
const rateLimitSetting = integerSetting({ min: 0, max: MAX_REQUESTS_PER_MINUTE });

/** Scheme, host and port. A path is refused, since it would be ignored. */
const originSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address', abort: true })
  .refine(
    (text) => new URL(text).origin === text,
    'must be an origin such as https://app.example.com, without a path',
  );

const originListSetting = listSetting.pipe(z.array(originSchema));

/** The sources of instances besides their origins. */
const SOURCE_PATTERN = /^(dns:\/\/[\w.-]+:\d{1,5}|srv:\/\/_[\w-]+\._(tcp|udp)\.[\w.-]+|file:\/\/\/[^?#]+)$/;
const sourceSchema = z.union([originSchema, z.string().regex(SOURCE_PATTERN)], {
  error:
    'must be http://host:port, dns://host:port, srv://_http._tcp.name or file:///path, or several of them with commas',
});

/** Where the instances of one service are, such as `http://10.0.0.1:8000,dns://user.internal:8000`. */
const sourcesSetting = listSetting
  .pipe(z.array(sourceSchema).min(1))
  .transform((sources) => sources.map((source) => new URL(source)));

/** Addresses of DNS servers with an optional port, such as `10.0.0.2,10.0.0.3:5353`. */
const dnsServersSetting = listSetting.refine(
  (servers) => servers.every((server) => isIP(server) > 0 || isIP(withoutPort(server)) > 0),
  'must be addresses of DNS servers, such as 10.0.0.2 or 10.0.0.2:5353',
);

function withoutPort(server: string): string {
  return server.replace(/^\[(.*)\]:\d+$|^(.*):\d+$/, '$1$2');
}

const intervalSetting = integerSetting({ min: 50, max: 3_600_000 });

/** The settings of the gateway, whether it runs alone or in one process with the services. */
export const gatewaySettings = z.object({
  PORT: portSetting.default(DEFAULT_PORT),
  /** For sign-in, registration, refresh and change of password. */
  RATE_LIMIT_AUTH: rateLimitSetting.default(20),
  /** For orders and all other writes. Cancellations have a separate limit, five times as large. */
  RATE_LIMIT_ORDERS: rateLimitSetting.default(600),
  RATE_LIMIT_READS: rateLimitSetting.default(1_200),
  /** The other origins whose web apps may call the API. */
  CORS_ORIGINS: originListSetting.default([]),
  /** The load balancers in front of the gateway, as addresses or networks. Only their X-Forwarded-For is trusted. */
  TRUSTED_PROXIES: addressListSetting.optional(),
  /** The separate port for the metrics of the gateway; 0 means none. */
  METRICS_PORT: portSetting.default(0),
  /** The folder of the built web app, or `off` to serve none. */
  WEB_DIR: z.string().min(1).optional(),
  ...playMoneySettings.shape,
});
export type GatewaySettings = z.output<typeof gatewaySettings>;

/** The settings of a gateway whose services are separate processes. */
export const gatewayProcessSettings = gatewaySettings.extend({
  GATEWAY_SECRET: hopSettings.shape.GATEWAY_SECRET,
  USER_SERVICE_URLS: sourcesSetting.default([new URL('http://127.0.0.1:8000')]),
  INVENTORY_SERVICE_URLS: sourcesSetting.default([new URL('http://127.0.0.1:8001')]),
  ORDER_SERVICE_URLS: sourcesSetting.default([new URL('http://127.0.0.1:8002')]),
  /** How often an instance is asked whether it is ready. */
  PROBE_INTERVAL_MILLISECONDS: intervalSetting.default(1_000),
  /** How often names and files that list instances are read again. */
  DISCOVERY_INTERVAL_MILLISECONDS: intervalSetting.default(2_000),
  /** The servers that resolve `dns://` and `srv://`; those of the machine by default. */
  DNS_SERVERS: dnsServersSetting.default([]),
});
export type GatewayProcessSettings = z.output<typeof gatewayProcessSettings>;

/**
 * Refuses a production gateway without a secret, which its services could not recognise, and a gateway with remote
 * services that does not know its load balancers: behind an unknown one, all clients would share one rate limit. Use it
 * as a zod `superRefine`: it adds issues to `context`.
 */
export function refuseUnprovenHop(
  settings: GatewayProcessSettings & { readonly NODE_ENV: string },
  context: z.RefinementCtx,
): void {
  const { NODE_ENV, GATEWAY_SECRET, TRUSTED_PROXIES } = settings;
  if (NODE_ENV === 'production' && GATEWAY_SECRET === undefined) {
    context.addIssue({ code: 'custom', path: ['GATEWAY_SECRET'], message: GATEWAY_SECRET_MISSING });
  }
  const services = [
    ...settings.USER_SERVICE_URLS,
    ...settings.ORDER_SERVICE_URLS,
    ...settings.INVENTORY_SERVICE_URLS,
  ];
  const isLocal = ({ protocol, hostname }: URL): boolean => protocol !== 'file:' && isLoopback(hostname);
  if (TRUSTED_PROXIES === undefined && !services.every(isLocal)) {
    const message =
      'must name the load balancers in front of the gateway, such as 10.0.0.0/8, or be `none` where there are none';
    context.addIssue({ code: 'custom', path: ['TRUSTED_PROXIES'], message });
  }
}

/** Returns the rate limits in requests per minute and client; 0 means no limit. */
export function rateLimitsOf(settings: GatewaySettings): {
  readonly auth: number;
  readonly orders: number;
  readonly reads: number;
} {
  return {
    auth: settings.RATE_LIMIT_AUTH,
    orders: settings.RATE_LIMIT_ORDERS,
    reads: settings.RATE_LIMIT_READS,
  };
}

/**
 * Returns the folder of the web app, or undefined when it is not served.
 * @param builtApp the default folder
 */
export function webFolderOf({ WEB_DIR }: GatewaySettings, builtApp?: string): string | undefined {
  return WEB_DIR === 'off' ? undefined : (WEB_DIR ?? builtApp);
}
