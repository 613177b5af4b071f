#include "request.h"

#include <sys/socket.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace ipcbench {
namespace {

/** SCM_MAX_FD of the kernel: no message carries more. */
constexpr size_t mostDescriptors = 253;

std::vector<UniqueFd> descriptorsIn(msghdr& message) {
  std::vector<UniqueFd> descriptors;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    for (size_t at = 0; at < part->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
      int descriptor;
      std::memcpy(&descriptor, CMSG_DATA(part) + at, sizeof descriptor);
      descriptors.emplace_back(descriptor);
    }
  }
  return descriptors;
}

}  // namespace

Result<Request> RequestReceiver::next() {
  alignas(cmsghdr) char control[CMSG_SPACE(mostDescriptors * sizeof(int))];
  iovec part{bytes_, longest};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t length;
  do {
    length = ::recvmsg(fd_, &message, MSG_CMSG_CLOEXEC);
  } while (length < 0 && errno == EINTR);
  if (length < 0) return Failure::ofCall("recvmsg", errno);
  Request request;
  if (length == 0) return request;
  request.descriptors = descriptorsIn(message);
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return Failure::ofSentence("A request did not fit.");
  if (Status parsed = parse(static_cast<size_t>(length), request); !parsed) return parsed.failure();
  return request;
}

/** `start`, id, how many arguments, the arguments, the environment; or `kill`, id. Each ends in a NUL. */
Status RequestReceiver::parse(size_t length, Request& request) {
  bytes_[length] = '\0';
  std::vector<char*> words;
  for (size_t at = 0; at < length; at += std::strlen(bytes_ + at) + 1) words.push_back(bytes_ + at);
  const auto isKind = [&](const char* kind, size_t leastWords) {
    return words.size() >= leastWords && std::strcmp(words[0], kind) == 0;
  };
  if (isKind("kill", 2)) {
    request.kind = Request::Kind::kill;
    request.id = std::strtoll(words[1], nullptr, 10);
    return Nothing{};
  }
  if (!isKind("start", 4)) return Failure::ofSentence("A request is neither 'start' nor 'kill'.");
  const size_t count = std::strtoull(words[2], nullptr, 10);
  if (count < 1 || count > words.size() - 3)
    return Failure::ofSentence("A request has fewer arguments than its count.");
  request.kind = Request::Kind::start;
  request.id = std::strtoll(words[1], nullptr, 10);
  request.arguments.assign(words.begin() + 3, words.begin() + 3 + static_cast<ptrdiff_t>(count));
  request.arguments.push_back(nullptr);
  request.environment.assign(words.begin() + 3 + static_cast<ptrdiff_t>(count), words.end());
  return Nothing{};
}

}  // namespace ipcbench
