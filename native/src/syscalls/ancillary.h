#pragma once
#include <napi.h>
#include <sys/socket.h>

#include <span>
#include <vector>

namespace ipcbench::sys {

/** The bytes of msg_control, one cmsghdr after another. */
using ControlBytes = std::vector<uint8_t>;

void appendControl(ControlBytes& control, int level, int type, std::span<const uint8_t> data);
void appendRights(ControlBytes& control, std::span<const int> fds);
void appendCredentials(ControlBytes& control, const ucred& credentials);

/** Calls `each(level, type, data)` for every cmsghdr that a recvmsg(2) left. */
template <class Each>
void forEachControl(msghdr& header, Each each) {
  for (cmsghdr* entry = CMSG_FIRSTHDR(&header); entry != nullptr; entry = CMSG_NXTHDR(&header, entry)) {
    if (entry->cmsg_len < CMSG_LEN(0)) return;
    // A length that reaches behind the buffer is cut to it: what is there is not ours.
    const auto* end = static_cast<uint8_t*>(header.msg_control) + header.msg_controllen;
    const uint8_t* data = CMSG_DATA(entry);
    const size_t present = data < end ? static_cast<size_t>(end - data) : 0;
    const size_t told = entry->cmsg_len - CMSG_LEN(0);
    each(entry->cmsg_level, entry->cmsg_type, std::span<const uint8_t>(data, told < present ? told : present));
  }
}

/** Adds what native/syscalls.ts calls fds, credentials, pidfd and control. */
void setControl(Napi::Env env, Napi::Object message, msghdr& header);

}  // namespace ipcbench::sys
