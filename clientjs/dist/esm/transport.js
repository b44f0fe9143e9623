import { Emitter } from "./emitter.js";
function transportError(reason, description, context) {
  return Object.assign(new Error(reason), { type: "TransportError", description, context });
}
class Transport extends Emitter {
  constructor(opts) {
    super();
    this.opts_ = opts;
    this.query = opts.query;
    this.host_ = opts.socket;
  }
  /** Opens the transport. */
  open() {
    this.state_ = "opening";
    this.open_();
  }
  /** Closes the transport. */
  close() {
    if (this.state_ && this.state_ != "closed") {
      this.stop_();
      this.end_();
    }
  }
  /** Sends packets. To be called if writable only; `drain` follows. */
  send(packets) {
    if (this.state_ == "open") this.push_(packets);
  }
  /** Calls back when nothing is under way any more. For transports that another one takes over from. */
  pause(_onPause) {
  }
  fail_(reason, description, context) {
    this.emit_("error", transportError(reason, description, context));
  }
  opened_() {
    this.state_ = "open";
    this.writable = true;
    this.emit_("open");
  }
  onPacket_(packet) {
    this.emit_("packet", packet);
  }
  end_(details) {
    this.state_ = "closed";
    this.writable = false;
    this.emit_("close", details);
  }
  /** Tells that packets may be given again. */
  drained_() {
    this.writable = true;
    this.emit_("drain");
  }
}
export {
  Transport,
  transportError
};
