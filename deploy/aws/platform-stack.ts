import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { GatewayVpcEndpointAwsService, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { addAlarms } from './alarms.ts';
import { addDelivery, addLoadBalancer } from './front-door.ts';
import type { Surroundings } from './process-services.ts';
import { addService, addTask, PORT } from './process-services.ts';
import type { Secrets } from './secrets-and-redis.ts';
import { addRedis, addSecrets } from './secrets-and-redis.ts';
import { addStorePolicy, addTables } from './store-policies.ts';

const NAMESPACE = 'cnop.internal';
const TABLE_PREFIX = 'cnop-';
const SERVICES = ['user', 'order', 'inventory'] as const;

/** The choices of an installation. */
export interface PlatformProps extends StackProps {
  /** The tag of the image in the repository `cnop`. */
  readonly imageTag: string;
  /** The folder of the built web app. */
  readonly webFolder: string;
  /** The host name of the platform and its certificate in us-east-1; by default a name of CloudFront. */
  readonly publicName?: { readonly domainName: string; readonly certificateArn: string } | undefined;
  /** Gets the alarms. */
  readonly alarmEmail?: string | undefined;
  /** Where prices come from. */
  readonly priceFeed: string;
}

/** The whole platform in one region: tables, processes, Redis, load balancer, content delivery network and alarms. */
export class PlatformStack extends Stack {
  constructor(scope: Construct, id: string, props: PlatformProps) {
    super(scope, id, props);
    const vpc = new Vpc(this, 'Network', {
      maxAzs: 2,
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
    });
    const cluster = new Cluster(this, 'Cluster', {
      vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
      defaultCloudMapNamespace: { name: NAMESPACE },
    });
    const repository = Repository.fromRepositoryName(this, 'Images', 'cnop');
    const around = { cluster, vpc, repository, imageTag: props.imageTag };
    addTables(this, TABLE_PREFIX);
    const redis = addRedis(this, vpc);
    const secrets = addSecrets(this, redis.url);
    const services = this.addProcesses(around, secrets, redis.clients, props.priceFeed);
    this.addOperator(around);
    const door = addLoadBalancer(this, vpc, services.gateway);
    const delivery = addDelivery(this, door.loadBalancer, {
      webFolder: props.webFolder,
      name: props.publicName && {
        domainName: props.publicName.domainName,
        certificate: Certificate.fromCertificateArn(this, 'Certificate', props.publicName.certificateArn),
      },
    });
    const topic = new Topic(this, 'Alarms', { enforceSSL: true });
    if (props.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(props.alarmEmail));
    addAlarms(this, topic, {
      door,
      services: Object.values(services),
      replicationGroupId: redis.replicationGroupId,
      tablePrefix: TABLE_PREFIX,
    });
    new CfnOutput(this, 'Address', { value: `https://${delivery.distributionDomainName}` });
  }

  /** Adds gateway and services. Only the gateway reaches a service, besides those that read the public keys. */
  private addProcesses(
    around: Surroundings,
    { gatewaySecret, signingKeys, redisUrl }: Secrets,
    redisClients: SecurityGroup,
    priceFeed: string,
  ) {
    const { vpc } = around;
    const groups = {
      gateway: new SecurityGroup(this, 'GatewayGroup', { vpc, description: 'Gateways' }),
      user: new SecurityGroup(this, 'UserGroup', { vpc, description: 'User service' }),
      order: new SecurityGroup(this, 'OrderGroup', { vpc, description: 'Order service' }),
      inventory: new SecurityGroup(this, 'InventoryGroup', { vpc, description: 'Inventory service' }),
    };
    for (const name of SERVICES) groups[name].addIngressRule(groups.gateway, Port.tcp(PORT));
    for (const name of ['order', 'inventory'] as const) {
      groups.user.addIngressRule(groups[name], Port.tcp(PORT), 'Public keys');
    }
    const shared = { JWKS_URL: `http://user.${NAMESPACE}:${PORT}/.well-known/jwks.json` };
    const store = {
      ...shared,
      STORE: 'dynamodb',
      AWS_REGION: this.region,
      DYNAMODB_TABLE_PREFIX: TABLE_PREFIX,
      PRICE_FEED: priceFeed,
    };
    const own = {
      gateway: {
        ...shared,
        USER_SERVICE_URLS: `dns://user.${NAMESPACE}:${PORT}`,
        ORDER_SERVICE_URLS: `dns://order.${NAMESPACE}:${PORT}`,
        INVENTORY_SERVICE_URLS: `dns://inventory.${NAMESPACE}:${PORT}`,
        WEB_DIR: '/app/apps/web/dist',
        TRUSTED_PROXIES: vpc.vpcCidrBlock,
      },
      user: { ...store, SIGNING_KEY_FILE: '/data/keys/signing-keys.json' },
      order: store,
      inventory: store,
    };
    const add = (
      name: keyof typeof groups,
      size: { readonly cpu: number; readonly maxInstances: number },
    ) => {
      const task = addTask(this, around, {
        name,
        command: ['start', name],
        environment: own[name],
        secrets: { GATEWAY_SECRET: gatewaySecret, REDIS_URL: redisUrl },
        cpu: size.cpu,
        memoryMiB: 2 * size.cpu,
        ...(name !== 'gateway' && { policy: addStorePolicy(this, name, TABLE_PREFIX) }),
        ...(name === 'user' && { keyFile: signingKeys }),
      });
      const securityGroups = [groups[name], redisClients];
      return addService(this, around, {
        name,
        task,
        securityGroups,
        minInstances: 2,
        maxInstances: size.maxInstances,
      });
    };
    return {
      gateway: add('gateway', { cpu: 1024, maxInstances: 10 }),
      user: add('user', { cpu: 1024, maxInstances: 6 }),
      order: add('order', { cpu: 1024, maxInstances: 10 }),
      inventory: add('inventory', { cpu: 512, maxInstances: 4 }),
    };
  }

  /** Adds the task in which an operator runs a command of `cnop`, such as `verify`. */
  private addOperator(around: Surroundings): void {
    addTask(this, around, {
      name: 'operator',
      command: ['--help'],
      environment: { STORE: 'dynamodb', AWS_REGION: this.region, DYNAMODB_TABLE_PREFIX: TABLE_PREFIX },
      secrets: {},
      policy: addStorePolicy(this, 'operator', TABLE_PREFIX),
      cpu: 1024,
      memoryMiB: 4096,
    });
  }
}
