import type { LogLine, ToolView } from "../types";

const schema = (properties: object, required: string[] = []) => JSON.stringify({ type: "object", properties, required });
const path = { type: "string", description: "Full path inside one of the allowed folders" };
const tool = (name: string, description: string, inputSchema: string, more: Partial<ToolView> = {}): ToolView => ({ name, title: null, description, inputSchema, readOnly: true, destructive: false, ...more });

export const tools: ToolView[] = [
  tool("read_text_file", "Reads a file as text. Handles various encodings and says clearly what went wrong when the file cannot be read. Use head or tail for large files.", schema({ path, head: { type: "integer", description: "Only the first lines" }, tail: { type: "integer", description: "Only the last lines" } }, ["path"])),
  tool("search_files", "Finds files by a pattern in all subfolders.", schema({ path, pattern: { type: "string" }, excludePatterns: { type: "array", items: { type: "string" } }, sortBy: { type: "string", enum: ["name", "size", "date"], default: "name" }, hidden: { type: "boolean", default: false } }, ["path", "pattern"])),
  tool("write_file", "Writes a new file, or replaces one.", schema({ path, content: { type: "string" } }, ["path", "content"]), { readOnly: false, destructive: true }),
  tool("list_directory", "Lists a folder.", schema({ path }, ["path"])),
  tool("directory_tree", "A folder as a tree of JSON.", schema({ path }, ["path"])),
  tool("move_file", "Moves or renames a file.", schema({ source: path, destination: path }, ["source", "destination"]), { readOnly: false }),
  tool("get_file_info", "Size, times and permissions of a file.", schema({ path }, ["path"])),
  tool("list_allowed_directories", "The folders this server may use.", schema({})),
];

const start = Date.now() - 42 * 60_000;
const texts: [LogLine["stream"], string][] = [
  ["catwalk", "Started npx @modelcontextprotocol/server-filesystem 2025.8.21"],
  ["stderr", "Secure MCP Filesystem Server running on stdio"],
  ["stderr", "Allowed directories: [ '/home/ada/Documents', '/home/ada/My Projects' ]"],
  ["catwalk", "Ready with 14 tools in 950 ms"],
  ["stderr", "read_text_file /home/ada/Documents/plan.md (2.1 kB)"],
  ["stderr", "WARN symlink /home/ada/Documents/old points outside the allowed directories, refused"],
];
export const log: LogLine[] = Array.from({ length: 48 }, (_, i) => {
  const [stream, text] = texts[i % texts.length] ?? ["stderr", ""];
  return { at: start + i * 51_000, stream, text: i > 5 && stream === "catwalk" ? "Health check answered in 3 ms" : text };
});
