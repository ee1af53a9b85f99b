import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { Manifest } from './rendered-manifests.ts';
import { platformDeployments, render, sharedSettings, whyNoKubectl } from './rendered-manifests.ts';

const reason = whyNoKubectl();
const SERVICES = ['gateway', 'inventory', 'order', 'user'];
/** The default of SHUTDOWN_DELAY_SECONDS, and ten seconds to finish requests. */
const SHUTDOWN_SECONDS = 5 + 10;

const modelSchema = z.record(
  z.string(),
  z.custom<new (manifest: Manifest) => { validate(): void }>((value) => typeof value === 'function'),
);

/** Returns the module that describes a kind of manifest, such as `kubernetes-models/apps/v1/Deployment`. */
const modelOf = ({ apiVersion, kind }: Manifest) => `kubernetes-models/${apiVersion}/${kind}`;

/** Returns what the schema of its kind says about a manifest. */
async function problemsOf(manifest: Manifest): Promise<string[]> {
  const Model = modelSchema.parse(await import(modelOf(manifest)))[manifest.kind];
  if (Model === undefined) return [`${manifest.kind} is not known`];
  try {
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [`${manifest.kind} ${manifest.metadata.name}: ${String(error)}`];
  }
}

/** Compiles manifests as literals of their types, which finds names that the schemas would let pass. */
function compileProblems(manifests: readonly Manifest[]): string {
  const folder = mkdtempSync(path.join(import.meta.dirname, '../node_modules/.manifests-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const lines = manifests.map(
    (manifest) =>
      `export const m${manifests.indexOf(manifest)}: import('${modelOf(manifest)}').I${manifest.kind} = ${JSON.stringify(manifest)};`,
  );
  writeFileSync(path.join(folder, 'manifests.ts'), lines.join('\n'));
  const compiler = path.resolve(import.meta.dirname, '../../node_modules/typescript/bin/tsc');
  const options = [
    '--noEmit',
    '--ignoreConfig',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--types',
    '',
  ];
  try {
    execFileSync(process.execPath, [compiler, ...options, path.join(folder, 'manifests.ts')], {
      encoding: 'utf8',
    });
    return '';
  } catch (error) {
    return z.object({ stdout: z.string() }).parse(error).stdout;
  }
}

describe.skipIf(reason !== undefined)(
  `manifests for Kubernetes${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    describe.each(['local', 'production'])('%s', (overlay) => {
      const manifests = reason === undefined ? render(overlay) : [];

      test('every manifest fits the schema of its kind', async () => {
        const problems = await Promise.all(manifests.map(problemsOf));
        expect(manifests.length).toBeGreaterThan(20);
        expect(problems.flat()).toEqual([]);
      });

      test('no manifest has a field that its kind does not know', () => {
        expect(compileProblems(manifests)).toBe('');
      });

      test('every service has a deployment, an account, a budget and an autoscaler of its name', () => {
        for (const kind of [
          'Deployment',
          'Service',
          'ServiceAccount',
          'PodDisruptionBudget',
          'HorizontalPodAutoscaler',
        ]) {
          const names = manifests.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);
          expect(names, kind).toEqual(expect.arrayContaining(SERVICES));
        }
      });

      test('every process runs without root, privileges and a writable image', () => {
        const deployments = platformDeployments(manifests);
        expect(deployments.map(({ metadata }) => metadata.name).toSorted()).toEqual(SERVICES);
        for (const { spec } of deployments) {
          expect(spec.template.spec.securityContext).toMatchObject({
            runAsNonRoot: true,
            seccompProfile: { type: 'RuntimeDefault' },
          });
          for (const container of spec.template.spec.containers) {
            expect(container.securityContext).toEqual({
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            });
            expect(container.resources?.['requests']).toHaveProperty('cpu');
            expect(container.resources?.['limits']).toHaveProperty('memory');
          }
        }
      });

      test('every process has probes for its life and its readiness, and time to end', () => {
        for (const { spec } of platformDeployments(manifests)) {
          for (const container of spec.template.spec.containers) {
            expect(container).toMatchObject({
              livenessProbe: { httpGet: { path: '/health/live' } },
              readinessProbe: { httpGet: { path: '/health/ready' } },
            });
          }
          expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(SHUTDOWN_SECONDS);
        }
      });

      test('every setting is documented', () => {
        const page = readFileSync(
          path.resolve(import.meta.dirname, '../../docs/operating/settings.md'),
          'utf8',
        );
        const given = [
          ...Object.keys(sharedSettings(manifests)),
          ...platformDeployments(manifests).flatMap(({ spec }) =>
            spec.template.spec.containers.flatMap(({ env }) => env.map(({ name }) => name)),
          ),
        ];
        // Those that the SDK of AWS reads.
        const own = given.filter(
          (name) => !/^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SDK_UA_APP_ID)$/.test(name),
        );
        expect(own.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
      });
    });

    test('a misspelt field is found', () => {
      const [deployment] = render('production').filter(({ kind }) => kind === 'Deployment');
      if (deployment === undefined) throw new Error('no deployment');
      expect(compileProblems([{ ...deployment, spec: { replica: 2 } }])).toContain('replica');
    });

    test('a value of the wrong type is found', async () => {
      const [budget] = render('production').filter(({ kind }) => kind === 'PodDisruptionBudget');
      if (budget === undefined) throw new Error('no budget');
      expect(await problemsOf({ ...budget, spec: { selector: 'gateway' } })).toHaveLength(1);
    });
  },
);
