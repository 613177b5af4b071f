#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "call.h"
#include "file_status.h"
#include "syscalls.h"

namespace ipcbench::sys {

Napi::Object fileStatus(Napi::Env env, const struct stat& status) {
  Napi::Object found = Napi::Object::New(env);
  found.Set("dev", Napi::BigInt::New(env, static_cast<uint64_t>(status.st_dev)));
  found.Set("ino", Napi::BigInt::New(env, static_cast<uint64_t>(status.st_ino)));
  found.Set("mode", Napi::Number::New(env, status.st_mode));
  found.Set("nlink", Napi::Number::New(env, static_cast<double>(status.st_nlink)));
  found.Set("uid", Napi::Number::New(env, status.st_uid));
  found.Set("gid", Napi::Number::New(env, status.st_gid));
  found.Set("size", Napi::Number::New(env, static_cast<double>(status.st_size)));
  return found;
}

namespace {

/** Of an open, mkfifo or mknod: type and permission bits. */
mode_t modeOr(CallArguments& arguments, size_t at, int64_t fallback) {
  return static_cast<mode_t>(arguments.integerOr(at, "mode", 0, 0177777, fallback));
}

Napi::Value open(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::string path = arguments.text(0, "path");
  const int flags = arguments.flags(1, "flags");
  const mode_t mode = modeOr(arguments, 2, 0600);
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::open(path.c_str(), flags, mode), "open");
}

Napi::Value mkfifo(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::string path = arguments.text(0, "path");
  const mode_t mode = modeOr(arguments, 1, 0600);
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::mkfifo(path.c_str(), mode), "mkfifo");
}

Napi::Value mknod(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::string path = arguments.text(0, "path");
  const mode_t mode = modeOr(arguments, 1, 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::mknod(path.c_str(), mode, 0), "mknod");
}

Napi::Value unlink(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::string path = arguments.text(0, "path");
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::unlink(path.c_str()), "unlink");
}

/** A call that takes two paths. */
template <int (*Call)(const char*, const char*)>
Napi::Value ofTwoPaths(const Napi::CallbackInfo& info, const char* first, const char* second, const char* syscall) {
  CallArguments arguments(info);
  const std::string one = arguments.text(0, first);
  const std::string other = arguments.text(1, second);
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), Call(one.c_str(), other.c_str()), syscall);
}

Napi::Value rename(const Napi::CallbackInfo& info) { return ofTwoPaths<::rename>(info, "from", "to", "rename"); }
Napi::Value link(const Napi::CallbackInfo& info) { return ofTwoPaths<::link>(info, "from", "to", "link"); }
Napi::Value symlink(const Napi::CallbackInfo& info) { return ofTwoPaths<::symlink>(info, "target", "path", "symlink"); }

Napi::Value chmod(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::string path = arguments.text(0, "path");
  const auto mode = static_cast<mode_t>(arguments.integer(1, "mode", 0, 07777));
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::chmod(path.c_str(), mode), "chmod");
}

Napi::Value chown(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::string path = arguments.text(0, "path");
  const auto uid = static_cast<uid_t>(arguments.integer(1, "uid", -1, UINT32_MAX));
  const auto gid = static_cast<gid_t>(arguments.integer(2, "gid", -1, UINT32_MAX));
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::chown(path.c_str(), uid, gid), "chown");
}

Napi::Value stat(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::string path = arguments.text(0, "path");
  if (arguments.areWrong()) return info.Env().Undefined();
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return throwErrno(info.Env(), "stat");
  return fileStatus(info.Env(), status);
}

Napi::Value umask(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const auto mask = static_cast<mode_t>(arguments.integer(0, "mask", 0, 0777));
  if (arguments.areWrong()) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), ::umask(mask));
}

}  // namespace

void exportFileCalls(Napi::Env env, Napi::Object sys) {
  addCalls(env, sys,
           {
               {"open", open},
               {"mkfifo", mkfifo},
               {"mknod", mknod},
               {"unlink", unlink},
               {"rename", rename},
               {"link", link},
               {"symlink", symlink},
               {"chmod", chmod},
               {"chown", chown},
               {"stat", stat},
               {"umask", umask},
           });
}

}  // namespace ipcbench::sys
