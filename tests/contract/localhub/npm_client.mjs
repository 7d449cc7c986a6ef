// One call of npm's @huggingface/hub, as asked on stdin; the result as JSON on stdout.
import { readFileSync, writeFileSync } from "node:fs";
import { commit, createRepo, downloadFile, listFiles } from "@huggingface/hub";

const { action, put, target, path, delete: removed, ...common } = JSON.parse(readFileSync(0));

const actions = {
  create: async () => (await createRepo({ ...common, sdk: "docker" })).repoUrl,
  commit: async () => {
    const operations = [
      ...Object.entries(put).map(([name, source]) => ({
        operation: "addOrUpdate", path: name, content: new Blob([readFileSync(source)]),
      })),
      ...removed.map((name) => ({ operation: "delete", path: name })),
    ];
    return (await commit({ ...common, operations, title: "publish" })).commit.oid;
  },
  read: async () => {
    const blob = await downloadFile({ ...common, path });
    writeFileSync(target, Buffer.from(await blob.arrayBuffer()));
    return target;
  },
  paths: async () => {
    const found = [];
    for await (const file of listFiles({ ...common, recursive: true })) {
      if (file.type === "file") found.push(file.path);
    }
    return found;
  },
};

try {
  console.log(JSON.stringify(await actions[action]()));
} catch (error) {
  console.error(`${error.statusCode ?? ""} ${error.message}`);
  process.exit(1);
}
