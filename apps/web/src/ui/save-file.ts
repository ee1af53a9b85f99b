/** Gives a file to the browser to save. */
export function saveFile({ content, name }: { readonly content: Blob; readonly name: string }): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // After the browser has taken it over.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
