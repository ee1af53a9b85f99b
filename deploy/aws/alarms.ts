import { tableName } from '@cnop/common/database/dynamodb/item-codec';
import { TABLE_NAMES } from '@cnop/common/database/tables';
import { Duration } from 'aws-cdk-lib';
import type { CreateAlarmOptions, IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Alarm, MathExpression, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { FrontDoor } from './front-door.ts';

const PERIOD = Duration.minutes(1);

/** What is watched. */
export interface Watched {
  readonly door: FrontDoor;
  readonly services: readonly FargateService[];
  readonly replicationGroupId: string;
  readonly tablePrefix: string;
}

/** Adds the alarms of the parts that AWS runs. Those of the platform itself are rules for Prometheus. */
export function addAlarms(scope: Construct, topic: Topic, watched: Watched): void {
  const action = new SnsAction(topic);
  const add = (id: string, metric: IMetric, options: Omit<CreateAlarmOptions, 'evaluationPeriods'>) => {
    const alarm = new Alarm(scope, `Alarm-${id}`, {
      alarmName: `cnop-${id}`,
      metric,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...options,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  };
  const { targets } = watched.door;
  add('answers-5xx', targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period: PERIOD }), {
    threshold: 10,
    alarmDescription: 'The gateways answer with 5xx more than ten times a minute.',
  });
  add(
    'slow-answers',
    targets.metrics.targetResponseTime({ period: PERIOD, statistic: Stats.percentile(99) }),
    {
      threshold: 2,
      alarmDescription:
        'One request in a hundred takes more than two seconds. Opening a live stream counts too.',
    },
  );
  add(
    'unhealthy-gateways',
    targets.metrics.unhealthyHostCount({ period: PERIOD, statistic: Stats.MAXIMUM }),
    {
      threshold: 1,
      alarmDescription: 'A gateway is not ready.',
    },
  );
  for (const service of watched.services) {
    const name = service.node.id.replace('Service-', '');
    add(`cpu-${name}`, service.metricCpuUtilization({ period: PERIOD }), {
      threshold: 85,
      alarmDescription: `The ${name} instances are busy, although the service scales.`,
    });
    add(`memory-${name}`, service.metricMemoryUtilization({ period: PERIOD }), {
      threshold: 85,
      alarmDescription: `The ${name} instances are about to run out of memory.`,
    });
  }
  for (const table of TABLE_NAMES) {
    add(`throttled-${table}`, throttledRequests(tableName(watched.tablePrefix, table)), {
      threshold: 1,
      alarmDescription: `Requests to the table ${table} are throttled: one of its partitions is hot.`,
    });
  }
  add('redis-memory', redisMemory(watched.replicationGroupId), {
    threshold: 80,
    alarmDescription: 'Redis is nearly full.',
  });
}

function throttledRequests(table: string): IMetric {
  const metric = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table },
      statistic: Stats.SUM,
      period: PERIOD,
    });
  return new MathExpression({
    expression: 'FILL(reads, 0) + FILL(writes, 0)',
    usingMetrics: { reads: metric('ReadThrottleEvents'), writes: metric('WriteThrottleEvents') },
    period: PERIOD,
  });
}

function redisMemory(replicationGroupId: string): IMetric {
  return new Metric({
    namespace: 'AWS/ElastiCache',
    metricName: 'DatabaseMemoryUsagePercentage',
    dimensionsMap: { ReplicationGroupId: replicationGroupId },
    statistic: Stats.MAXIMUM,
    period: PERIOD,
  });
}
