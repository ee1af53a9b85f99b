import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { z } from 'zod';
import { PlatformStack } from './platform-stack.ts';

/** The choices of an installation, as `--context name=value` or in cdk.json. */
const contextSchema = z.object({
  imageTag: z.string().default('latest'),
  domainName: z.string().optional(),
  certificateArn: z.string().optional(),
  alarmEmail: z.email().optional(),
  priceFeed: z.enum(['exchange', 'manual']).default('exchange'),
});

const app = new App();
const given = Object.keys(contextSchema.shape).map((name): [string, unknown] => [
  name,
  app.node.tryGetContext(name),
]);
const { domainName, certificateArn, ...props } = contextSchema.parse(Object.fromEntries(given));
new PlatformStack(app, 'cnop', {
  ...props,
  description: 'Cloud Native Order Processor',
  // The program is compiled to deploy/dist/aws.
  webFolder: path.resolve(import.meta.dirname, '../../../apps/web/dist'),
  publicName:
    domainName !== undefined && certificateArn !== undefined ? { domainName, certificateArn } : undefined,
});
