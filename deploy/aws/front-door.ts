import { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin, VpcOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Peer, Port } from 'aws-cdk-lib/aws-ec2';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  TargetGroupLoadBalancingAlgorithmType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import { PORT } from './process-services.ts';

/**
 * Longer than the time between two heartbeats of a live stream, and shorter than the 72 seconds for which the gateway keeps
 * an idle connection: otherwise the load balancer would send requests to connections that the gateway has just closed.
 */
const IDLE_TIMEOUT = Duration.seconds(60);
const HTTP_PORT = 80;

/** The load balancer in front of the gateways. */
export interface FrontDoor {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targets: ApplicationTargetGroup;
}

/** Adds a load balancer in private subnets, which only the content delivery network reaches. */
export function addLoadBalancer(scope: Construct, vpc: IVpc, gateway: FargateService): FrontDoor {
  const loadBalancer = new ApplicationLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    internetFacing: false,
    idleTimeout: IDLE_TIMEOUT,
    dropInvalidHeaderFields: true,
  });
  // The address of the client is the last one, which the content delivery network adds. The load balancer would add the
  // address of that network.
  loadBalancer.setAttribute('routing.http.xff_header_processing.mode', 'preserve');
  const listener = loadBalancer.addListener('Http', {
    port: HTTP_PORT,
    protocol: ApplicationProtocol.HTTP,
    open: false,
  });
  loadBalancer.connections.allowFrom(Peer.ipv4(vpc.vpcCidrBlock), Port.tcp(HTTP_PORT));
  const targets = listener.addTargets('Gateways', {
    port: PORT,
    protocol: ApplicationProtocol.HTTP,
    targets: [gateway],
    loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
    deregistrationDelay: Duration.seconds(20),
    healthCheck: {
      path: '/health/ready',
      interval: Duration.seconds(5),
      timeout: Duration.seconds(3),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 2,
    },
  });
  return { loadBalancer, targets };
}

/** The names under which clients reach the platform. */
export interface PublicName {
  readonly domainName: string;
  /** A certificate of us-east-1, where the content delivery network reads it. */
  readonly certificate: ICertificate;
}

/**
 * Adds the content delivery network. Pages and the API come from the gateways, whose security headers and statuses stay as
 * they are. Files with a hash in their names come from a bucket, where those of earlier builds remain for open tabs.
 * @param webFolder the built web app
 */
export function addDelivery(
  scope: Construct,
  loadBalancer: ApplicationLoadBalancer,
  { webFolder, name }: { readonly webFolder: string; readonly name?: PublicName | undefined },
): cloudfront.Distribution {
  const bucket = new Bucket(scope, 'WebAssets', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
  });
  const distribution = new cloudfront.Distribution(scope, 'Delivery', {
    ...(name && {
      domainNames: [name.domainName],
      certificate: name.certificate,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
    }),
    httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
    defaultBehavior: {
      origin: VpcOrigin.withApplicationLoadBalancer(loadBalancer, {
        protocolPolicy: cloudfront.OriginProtocolPolicy.HTTP_ONLY,
        httpPort: HTTP_PORT,
        readTimeout: IDLE_TIMEOUT,
        keepaliveTimeout: Duration.seconds(55),
      }),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER,
    },
    additionalBehaviors: {
      '/assets/*': {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
      },
    },
  });
  new BucketDeployment(scope, 'WebAssetsDeployment', {
    sources: [
      Source.asset(webFolder, { exclude: ['*', '!assets', '!assets/**', 'assets/*.br', 'assets/*.gz'] }),
    ],
    destinationBucket: bucket,
    prune: false,
    cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
  });
  return distribution;
}
