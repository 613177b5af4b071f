#pragma once
#include <cstdint>
#include <vector>

#include "../result.h"
#include "../unique_fd.h"

namespace ipcbench {

/** What the harness asks of the launcher; its texts lie in the buffer of the receiver until the next one. */
struct Request {
  enum class Kind { start, kill, end };

  Kind kind = Kind::end;
  /** The harness's name for the process. */
  int64_t id = 0;
  /** start: the program and its arguments, with the null pointer that exec wants. */
  std::vector<char*> arguments;
  /** start: NAME=value, each added to the environment or in place of what stands there. */
  std::vector<char*> environment;
  /** start: what the process finds as 3, 4, … */
  std::vector<UniqueFd> descriptors;
};

/** Receives requests from a SOCK_SEQPACKET socket: one message is one request, with its descriptors (unix(7),
 * SCM_RIGHTS). */
class RequestReceiver {
 public:
  explicit RequestReceiver(int fd) : fd_(fd) {}
  RequestReceiver(const RequestReceiver&) = delete;

  /** The kind is `end` once the harness has closed its end. Fails on a message that is no request. */
  Result<Request> next();

 private:
  Status parse(size_t length, Request& request);

  // Longer than any message that the default send buffer of a socket takes. Pages that no request reached cost nothing.
  static constexpr size_t longest = 512 * 1024;

  int fd_;
  char bytes_[longest + 1];
};

}  // namespace ipcbench
