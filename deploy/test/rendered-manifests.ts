import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const FOLDER = path.resolve(import.meta.dirname, '../kubernetes');

const labelsSchema = z.record(z.string(), z.string());

const containerSchema = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()).default([]),
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
  securityContext: z.looseObject({}).optional(),
  resources: z.looseObject({}).optional(),
});

const podSchema = z.looseObject({
  terminationGracePeriodSeconds: z.number().optional(),
  serviceAccountName: z.string().optional(),
  securityContext: z.looseObject({}).optional(),
  containers: z.array(containerSchema).min(1),
});

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), annotations: labelsSchema.optional() }),
});
export type Manifest = z.output<typeof manifestSchema>;

const deploymentSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    template: z.looseObject({ metadata: z.looseObject({ labels: labelsSchema }), spec: podSchema }),
  }),
});
export type DeploymentManifest = z.output<typeof deploymentSchema>;

/** Returns why the manifests cannot be rendered here, or undefined when they can. */
export function whyNoKubectl(): string | undefined {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'kubectl is not installed';
  }
}

/** Renders a folder of manifests as `kubectl apply -k` does. */
export function render(folder: string): Manifest[] {
  const text = execFileSync('kubectl', ['kustomize', path.join(FOLDER, folder)], { encoding: 'utf8' });
  return parseAllDocuments(text).map((document) => manifestSchema.parse(document.toJS()));
}

/** Returns the deployments that run processes of the platform. */
export function platformDeployments(manifests: readonly Manifest[]): DeploymentManifest[] {
  return manifests
    .filter(({ kind }) => kind === 'Deployment')
    .map((manifest) => deploymentSchema.parse(manifest))
    .filter(({ spec }) => spec.template.spec.containers.some(({ name }) => name === 'cnop'));
}

/** Returns the settings of all processes, from the generated config map. */
export function sharedSettings(manifests: readonly Manifest[]): Readonly<Record<string, string>> {
  const found = manifests.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('cnop-settings'),
  );
  return z.object({ data: labelsSchema }).parse(found).data;
}
