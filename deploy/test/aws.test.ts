import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TABLE_NAMES, TABLES } from '@cnop/common/database/tables';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PlatformStack } from '../aws/platform-stack.ts';
import { RIGHTS, STORE_ROLES } from '../aws/rights.ts';

/** The time for which the gateway keeps an idle connection. */
const GATEWAY_KEEP_ALIVE_SECONDS = 72;
const HEARTBEAT_SECONDS = 15;
/** Ten seconds of work, on a busy machine. */
const SYNTHESIS_MILLISECONDS = 240_000;

const statementSchema = z.object({
  Action: z.union([z.string(), z.array(z.string())]).transform((actions) => [actions].flat()),
  Resource: z.unknown(),
});
const policySchema = z.object({
  Properties: z.object({
    ManagedPolicyName: z.string(),
    PolicyDocument: z.object({ Statement: z.array(statementSchema) }),
  }),
});
const reportSchema = z.object({ pluginReports: z.array(z.object({ violations: z.array(z.unknown()) })) });

/** Returns what the validation of a synthesis found. */
function violationsIn(folder: string): unknown[] {
  const report = readFileSync(path.join(folder, 'validation-report.json'), 'utf8');
  const { pluginReports } = reportSchema.parse(JSON.parse(report));
  return pluginReports.flatMap(({ violations }) => violations);
}

describe('the stack for AWS', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cnop-stack-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  let template: Template;
  beforeAll(() => {
    const webFolder = path.join(folder, 'web');
    mkdirSync(path.join(webFolder, 'assets'), { recursive: true });
    writeFileSync(path.join(webFolder, 'index.html'), '<!doctype html>');
    writeFileSync(path.join(webFolder, 'assets/app.js'), '');
    const app = new App({ outdir: path.join(folder, 'out') });
    const stack = new PlatformStack(app, 'cnop', { imageTag: '1.2.3', webFolder, priceFeed: 'exchange' });
    template = Template.fromStack(stack);
  }, SYNTHESIS_MILLISECONDS);

  test('the template breaks no schema and no rule of CloudFormation', () => {
    expect(violationsIn(path.join(folder, 'out'))).toEqual([]);
  });

  test('a table without a key breaks one', () => {
    const app = new App({ outdir: path.join(folder, 'broken') });
    new CfnResource(new Stack(app, 'broken'), 'Table', { type: 'AWS::DynamoDB::Table' });
    app.synth();
    expect(JSON.stringify(violationsIn(path.join(folder, 'broken')))).toContain('KeySchema');
  });

  test('every table of the platform is there with all its indexes, recovery and protection', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', TABLE_NAMES.length);
    for (const table of TABLE_NAMES) {
      template.hasResource('AWS::DynamoDB::Table', {
        DeletionPolicy: 'Retain',
        Properties: {
          TableName: `cnop-${table}`,
          BillingMode: 'PAY_PER_REQUEST',
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          TimeToLiveSpecification: { AttributeName: 'expires_at_epoch', Enabled: true },
          GlobalSecondaryIndexes: Object.keys(TABLES[table].indexes).map((IndexName) =>
            Match.objectLike({ IndexName }),
          ),
        },
      });
    }
  });

  test('every role gets the rights of the list on its tables and indexes, and no wildcard', () => {
    const policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy')).map((each) =>
      policySchema.parse(each),
    );
    for (const role of STORE_ROLES) {
      const policy = policies.find(
        ({ Properties: { ManagedPolicyName: name } }) => name === `cnop-store-${role}`,
      );
      const granted = policy?.Properties.PolicyDocument.Statement ?? [];
      expect(granted.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
      expect(JSON.stringify(granted.map(({ Resource }) => Resource))).not.toContain('*');
      const expected = TABLE_NAMES.flatMap((table) => [
        ...RIGHTS[role][table].items,
        ...Object.values(RIGHTS[role][table].indexes ?? {}).flat(),
      ]);
      for (const action of expected) {
        expect(
          granted.flatMap(({ Action }) => Action),
          role,
        ).toContain(`dynamodb:${action}`);
      }
    }
  });

  test('the gateway has no right on any table', () => {
    const roles = template.findResources('AWS::IAM::Role', {
      Properties: { ManagedPolicyArns: Match.anyValue() },
    });
    expect(Object.keys(roles).filter((id) => id.includes('gateway'))).toEqual([]);
  });

  test('every process is read-only and has no more than one service name', () => {
    const definitions = template.findResources('AWS::ECS::TaskDefinition');
    expect(Object.keys(definitions)).toHaveLength(5);
    template.allResourcesProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: Match.arrayWith([
        Match.objectLike({ Name: 'cnop', ReadonlyRootFilesystem: true, User: '65532', StopTimeout: 30 }),
      ]),
    });
  });

  test('a deployment keeps all instances and is undone when it fails', () => {
    template.allResourcesProperties('AWS::ECS::Service', {
      DesiredCount: 2,
      DeploymentConfiguration: Match.objectLike({
        MinimumHealthyPercent: 100,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      }),
    });
  });

  test('the load balancer is private and its idle timeout lies between heartbeats and keep-alive', () => {
    const [balancer] = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'));
    const { Properties } = z
      .object({
        Properties: z.object({
          Scheme: z.literal('internal'),
          LoadBalancerAttributes: z.array(z.object({ Key: z.string(), Value: z.string() })),
        }),
      })
      .parse(balancer);
    const attributes = new Map(Properties.LoadBalancerAttributes.map(({ Key, Value }) => [Key, Value]));
    const seconds = Number(attributes.get('idle_timeout.timeout_seconds'));
    expect(seconds).toBeGreaterThan(HEARTBEAT_SECONDS);
    expect(seconds).toBeLessThan(GATEWAY_KEEP_ALIVE_SECONDS);
    expect(attributes.get('routing.http.xff_header_processing.mode')).toBe('preserve');
  });

  test('secrets reach containers by reference only', () => {
    const text = JSON.stringify(template.findResources('AWS::ECS::TaskDefinition'));
    expect(text).not.toMatch(/"Name":"(?:GATEWAY_SECRET|REDIS_URL|SIGNING_KEYS)","Value"/);
    template.resourceCountIs('AWS::SecretsManager::Secret', 3);
  });

  test('Redis is encrypted, has a password and a second node', () => {
    template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
      AutomaticFailoverEnabled: true,
      NumCacheClusters: 2,
      AuthToken: Match.anyValue(),
    });
  });

  test('every log group has an end and every alarm an action', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [Match.anyValue()] });
  });
});
