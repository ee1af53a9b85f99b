import { Duration } from 'aws-cdk-lib';
import type { IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import type { Cluster, ContainerDefinition } from 'aws-cdk-lib/aws-ecs';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { DnsRecordType } from 'aws-cdk-lib/aws-servicediscovery';
import type { Construct } from 'constructs';

/** The port of every process in its container. */
export const PORT = 8080;
const NODE = '/nodejs/bin/node';
const DATA_FOLDER = '/data';
/** The user of the image. */
const USER = '65532';
/** Five seconds not ready but serving, ten to finish requests, and room. */
const STOP_TIMEOUT = Duration.seconds(30);
/** The gateway asks for new addresses at this pace. */
const ADDRESS_LIFETIME = Duration.seconds(5);
const TARGET_CPU_PERCENT = 60;

/** What all processes have in common. */
export interface Surroundings {
  readonly cluster: Cluster;
  readonly vpc: IVpc;
  readonly repository: IRepository;
  readonly imageTag: string;
}

/** The process of one task definition. */
export interface ProcessOptions {
  readonly name: string;
  /** The arguments of `cnop`. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, ISecret>>;
  readonly policy?: IManagedPolicy;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** The secret that is written to the file of SIGNING_KEY_FILE before the process starts. */
  readonly keyFile?: ISecret;
}

/** Adds a task definition: a read-only container that runs as a user without privileges. */
export function addTask(
  scope: Construct,
  around: Surroundings,
  options: ProcessOptions,
): ecs.FargateTaskDefinition {
  const { name, policy, keyFile } = options;
  const task = new ecs.FargateTaskDefinition(scope, `Task-${name}`, {
    family: `cnop-${name}`,
    cpu: options.cpu,
    memoryLimitMiB: options.memoryMiB,
    runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.X86_64 },
  });
  if (policy) task.taskRole.addManagedPolicy(policy);
  task.addVolume({ name: 'data' });
  const logs = new LogGroup(scope, `Logs-${name}`, {
    logGroupName: `/cnop/${name}`,
    retention: RetentionDays.ONE_MONTH,
  });
  const common = {
    image: ecs.ContainerImage.fromEcrRepository(around.repository, around.imageTag),
    user: USER,
    readonlyRootFilesystem: true,
    logging: ecs.LogDrivers.awsLogs({ logGroup: logs, streamPrefix: name }),
  };
  const container = task.addContainer('cnop', {
    ...common,
    command: [...options.command],
    environment: { ...options.environment, AWS_SDK_UA_APP_ID: `cnop-${name}` },
    secrets: Object.fromEntries(
      Object.entries(options.secrets).map(([key, secret]) => [key, ecs.Secret.fromSecretsManager(secret)]),
    ),
    portMappings: [{ containerPort: PORT }],
    stopTimeout: STOP_TIMEOUT,
    healthCheck: {
      command: ['CMD', NODE, '/app/deploy/image/check-health.mjs'],
      interval: Duration.seconds(5),
      timeout: Duration.seconds(3),
      startPeriod: Duration.seconds(60),
    },
  });
  mountData(container);
  if (keyFile) {
    // Fargate cannot mount a secret as a file.
    const writer = task.addContainer('write-keys', {
      ...common,
      essential: false,
      entryPoint: [NODE, '/app/deploy/image/write-keys.mjs'],
      environment: { SIGNING_KEY_FILE: options.environment['SIGNING_KEY_FILE'] ?? '' },
      secrets: { SIGNING_KEYS: ecs.Secret.fromSecretsManager(keyFile) },
    });
    mountData(writer);
    container.addContainerDependencies({
      container: writer,
      condition: ecs.ContainerDependencyCondition.SUCCESS,
    });
  }
  return task;
}

function mountData(container: ContainerDefinition): void {
  container.addMountPoints({ sourceVolume: 'data', containerPath: DATA_FOLDER, readOnly: false });
}

/** The number of instances of a service, and who may reach it. */
export interface ServiceOptions {
  readonly name: string;
  readonly task: ecs.FargateTaskDefinition;
  readonly securityGroups: SecurityGroup[];
  readonly minInstances: number;
  readonly maxInstances: number;
}

/** Adds a service with instances in several zones, which is found by its name in DNS and scales with its CPU. */
export function addService(
  scope: Construct,
  around: Surroundings,
  options: ServiceOptions,
): ecs.FargateService {
  const service = new ecs.FargateService(scope, `Service-${options.name}`, {
    serviceName: options.name,
    cluster: around.cluster,
    taskDefinition: options.task,
    securityGroups: options.securityGroups,
    desiredCount: options.minInstances,
    // A new instance is ready before an old one stops, and a deployment that fails is undone.
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { rollback: true },
    cloudMapOptions: { name: options.name, dnsRecordType: DnsRecordType.A, dnsTtl: ADDRESS_LIFETIME },
  });
  service
    .autoScaleTaskCount({ minCapacity: options.minInstances, maxCapacity: options.maxInstances })
    .scaleOnCpuUtilization('Cpu', {
      targetUtilizationPercent: TARGET_CPU_PERCENT,
      scaleInCooldown: Duration.minutes(10),
      scaleOutCooldown: Duration.minutes(1),
    });
  return service;
}
