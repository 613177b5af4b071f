#pragma once
#include <napi.h>
#include <sys/socket.h>

#include "address.h"
#include "ancillary.h"
#include "pieces.h"

namespace ipcbench::sys {

/** A message to send, as JavaScript describes it, and the msghdr over it, which points into this object. */
class OutgoingMessage {
 public:
  OutgoingMessage() = default;
  OutgoingMessage(const OutgoingMessage&) = delete;
  OutgoingMessage& operator=(const OutgoingMessage&) = delete;

  /** nullptr, or what was expected instead. */
  const char* read(Napi::Value value);
  msghdr* header() { return &header_; }

 private:
  const char* readControl(Napi::Value value);
  const char* readEntry(Napi::Object entry);

  OutgoingPieces pieces_;
  SocketAddress to_;
  ControlBytes control_;
  msghdr header_{};
};

}  // namespace ipcbench::sys
