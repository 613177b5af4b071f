#pragma once
#include <napi.h>
#include <sys/socket.h>

#include "pieces.h"

namespace ipcbench::sys {

/** The sizes of the buffers that a recvmsg(2) is given. */
struct MessageBuffers {
  std::vector<int> sizes;
  size_t controlBytes = 0;
  size_t nameBytes = sizeof(sockaddr_storage);

  /** nullptr, or what was expected instead. */
  const char* read(Napi::Value value);
};

/** Those buffers, and the msghdr over them, which points into this object. */
class IncomingMessage {
 public:
  explicit IncomingMessage(const MessageBuffers& sizes);
  IncomingMessage(const IncomingMessage&) = delete;
  IncomingMessage& operator=(const IncomingMessage&) = delete;

  /** False when there is no memory; errno is ENOMEM then. */
  bool isThere() const { return pieces_.areThere(); }
  msghdr* header() { return &header_; }
  /** `filled` is that header, or a copy of it, after the call, which returned `count`. */
  Napi::Object toObject(Napi::Env env, msghdr& filled, size_t count);

 private:
  Pieces pieces_;
  std::vector<uint8_t> name_;
  std::vector<uint8_t> control_;
  msghdr header_{};
};

}  // namespace ipcbench::sys
