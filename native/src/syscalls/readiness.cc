#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include <algorithm>

#include "call.h"
#include "syscalls.h"

namespace ipcbench::sys {
namespace {

Napi::Value poll(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int timeoutMs = arguments.timeoutMs(1, "timeoutMs");
  if (arguments.areWrong()) return info.Env().Undefined();
  if (!info[0].IsArray()) return arguments.wrongType("entries", "an array of { fd, events }");
  const auto list = info[0].As<Napi::Array>();
  std::vector<pollfd> entries;
  for (uint32_t index = 0; index < list.Length(); ++index) {
    const Napi::Value entry = list.Get(index);
    if (!entry.IsObject()) return arguments.wrongType("entries", "an array of { fd, events }");
    const Napi::Value fd = entry.As<Napi::Object>().Get("fd");
    const Napi::Value events = entry.As<Napi::Object>().Get("events");
    if (!fd.IsNumber() || !events.IsNumber()) return arguments.wrongType("entries", "an array of { fd, events }");
    entries.push_back(
        {fd.As<Napi::Number>().Int32Value(), static_cast<short>(events.As<Napi::Number>().Int32Value()), 0});
  }
  if (::poll(entries.data(), entries.size(), timeoutMs) < 0) return throwErrno(info.Env(), "poll");
  Napi::Array revents = Napi::Array::New(info.Env(), entries.size());
  for (uint32_t index = 0; index < entries.size(); ++index)
    revents.Set(index, Napi::Number::New(info.Env(), static_cast<uint16_t>(entries[index].revents)));
  return revents;
}

fd_set setOf(const std::vector<int>& fds) {
  fd_set set;
  FD_ZERO(&set);
  for (const int fd : fds) FD_SET(fd, &set);
  return set;
}

Napi::Array membersOf(Napi::Env env, const std::vector<int>& fds, const fd_set& set) {
  Napi::Array members = Napi::Array::New(env);
  for (const int fd : fds) {
    if (FD_ISSET(fd, &set)) members.Set(members.Length(), Napi::Number::New(env, fd));
  }
  return members;
}

Napi::Value select(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  // FD_SET of a larger number would write behind the set.
  const std::vector<int> read = arguments.numbers(0, "read", 0, FD_SETSIZE - 1);
  const std::vector<int> write = arguments.numbers(1, "write", 0, FD_SETSIZE - 1);
  const std::vector<int> except = arguments.numbers(2, "except", 0, FD_SETSIZE - 1);
  const int timeoutMs = arguments.timeoutMs(3, "timeoutMs");
  if (arguments.areWrong()) return info.Env().Undefined();
  fd_set sets[3] = {setOf(read), setOf(write), setOf(except)};
  int highest = -1;
  for (const auto* fds : {&read, &write, &except}) {
    for (const int fd : *fds) highest = std::max(highest, fd);
  }
  timeval timeout{.tv_sec = timeoutMs / 1000, .tv_usec = timeoutMs % 1000 * 1000};
  if (::select(highest + 1, &sets[0], &sets[1], &sets[2], timeoutMs < 0 ? nullptr : &timeout) < 0)
    return throwErrno(info.Env(), "select");
  Napi::Object ready = Napi::Object::New(info.Env());
  ready.Set("read", membersOf(info.Env(), read, sets[0]));
  ready.Set("write", membersOf(info.Env(), write, sets[1]));
  ready.Set("except", membersOf(info.Env(), except, sets[2]));
  return ready;
}

Napi::Value epollCreate1(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int flags = arguments.flagsOr(0, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::epoll_create1(flags), "epoll_create1");
}

Napi::Value epollCtl(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int epfd = arguments.descriptor(0, "epfd");
  const int operation = arguments.number(1, "operation");
  const int fd = arguments.descriptor(2, "fd");
  const int events = arguments.flagsOr(3, "events", 0);
  const int64_t data = arguments.integerOr(4, "data", 0, largestSafeInteger, fd);
  if (arguments.areWrong()) return info.Env().Undefined();
  epoll_event event{};
  event.events = static_cast<uint32_t>(events);
  event.data.u64 = static_cast<uint64_t>(data);
  return nothingOrThrow(info.Env(), ::epoll_ctl(epfd, operation, fd, &event), "epoll_ctl");
}

Napi::Value epollWait(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int epfd = arguments.descriptor(0, "epfd");
  const auto most = static_cast<int>(arguments.integer(1, "maxEvents", 1, 65536));
  const int timeoutMs = arguments.timeoutMs(2, "timeoutMs");
  if (arguments.areWrong()) return info.Env().Undefined();
  std::vector<epoll_event> events(static_cast<size_t>(most));
  const int count = ::epoll_wait(epfd, events.data(), most, timeoutMs);
  if (count < 0) return throwErrno(info.Env(), "epoll_wait");
  Napi::Array ready = Napi::Array::New(info.Env(), static_cast<size_t>(count));
  for (uint32_t index = 0; index < static_cast<uint32_t>(count); ++index) {
    Napi::Object event = Napi::Object::New(info.Env());
    event.Set("events", Napi::Number::New(info.Env(), events[index].events));
    event.Set("data", Napi::Number::New(info.Env(), static_cast<double>(events[index].data.u64)));
    ready.Set(index, event);
  }
  return ready;
}

}  // namespace

void exportReadinessCalls(Napi::Env env, Napi::Object sys) {
  addCalls(env, sys,
           {
               {"poll", poll},
               {"select", select},
               {"epoll_create1", epollCreate1},
               {"epoll_ctl", epollCtl},
               {"epoll_wait", epollWait},
           });
}

}  // namespace ipcbench::sys
