// The entry of the bundle with MessagePack for <script>: the build replaces the parser by the other one.

export { default } from './umd.js';
