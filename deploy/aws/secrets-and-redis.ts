import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnReplicationGroup, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

const REDIS_PORT = 6379;
const PASSWORD_LENGTH = 64;

/** The secrets of the processes. Each process gets only those that it uses. */
export interface Secrets {
  readonly gatewaySecret: ISecret;
  /** The file of the signing keys, which the operator creates before the first deployment. */
  readonly signingKeys: ISecret;
  readonly redisUrl: ISecret;
}

/** The Redis-compatible server. It holds nothing that has to be kept, so it has no backup. */
export interface Redis {
  readonly url: ISecret;
  readonly clients: SecurityGroup;
  readonly replicationGroupId: string;
}

/** Adds two encrypted nodes of Valkey in different zones, reachable with a password by members of one security group. */
export function addRedis(scope: Construct, vpc: IVpc): Redis {
  const clients = new SecurityGroup(scope, 'RedisClients', { vpc, description: 'Processes that use Redis' });
  const servers = new SecurityGroup(scope, 'RedisServers', {
    vpc,
    description: 'Redis',
    allowAllOutbound: false,
  });
  servers.addIngressRule(clients, Port.tcp(REDIS_PORT));
  const password = generatedSecret(scope, 'RedisPassword');
  const subnets = new CfnSubnetGroup(scope, 'RedisSubnets', {
    description: 'Private subnets',
    subnetIds: vpc.privateSubnets.map(({ subnetId }) => subnetId),
  });
  const group = new CfnReplicationGroup(scope, 'Redis', {
    replicationGroupDescription: 'Messages and shared rate limits of the platform',
    engine: 'valkey',
    engineVersion: '8.0',
    cacheNodeType: 'cache.t4g.small',
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    multiAzEnabled: true,
    transitEncryptionEnabled: true,
    atRestEncryptionEnabled: true,
    authToken: password.secretValue.unsafeUnwrap(),
    cacheSubnetGroupName: subnets.ref,
    securityGroupIds: [servers.securityGroupId],
  });
  const host = group.attrPrimaryEndPointAddress;
  const url = new Secret(scope, 'RedisUrl', {
    description: 'REDIS_URL',
    secretStringValue: SecretValue.unsafePlainText(
      `rediss://:${password.secretValue.unsafeUnwrap()}@${host}:${REDIS_PORT}`,
    ),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return { url, clients, replicationGroupId: group.ref };
}

/** Adds the secrets of the processes. */
export function addSecrets(scope: Construct, redisUrl: ISecret): Secrets {
  return {
    gatewaySecret: generatedSecret(scope, 'GatewaySecret'),
    signingKeys: Secret.fromSecretNameV2(scope, 'SigningKeys', 'cnop/signing-keys'),
    redisUrl,
  };
}

function generatedSecret(scope: Construct, id: string): Secret {
  return new Secret(scope, id, {
    generateSecretString: { passwordLength: PASSWORD_LENGTH, excludePunctuation: true },
  });
}
