/* A stand-in for the NVIDIA driver's libcuda.so.1 on machines without a GPU, for tests only.

   "Device" memory is host memory of which every use is checked. Streams are lazy: what is queued
   runs only when somebody waits for it, so that a missing wait shows as stale data, every time.
   Recording a graph follows the driver's rules. There are no kernels: host functions do the work.
   The GPU is not plugged in until a test calls standin_plug. */
#include <cuda.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Op {
  enum { COPY, HOST_FUNCTION, MARK } kind;
  void *to;
  const void *from;
  size_t size;
  CUhostFn function;
  void *argument;
  CUevent event;
  unsigned long mark;
  struct Op *next;
} Op;

typedef struct { Op *first, *last; } Queue;
typedef struct Memory { char *start; size_t size; int on_host; struct Memory *next; } Memory;

struct CUstream_st { Queue queue; CUgraph recording; pthread_t recorder; int spoilt; struct CUstream_st *next; };
struct CUevent_st { unsigned long recorded, reached; CUstream stream; struct CUevent_st *next; };
struct CUgraph_st { Queue queue; };
struct CUgraphExec_st { Queue queue; };
struct CUctx_st { int users; };

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static Memory *memories;
static struct CUstream_st *streams;
static struct CUevent_st *events;
static struct CUctx_st primary;
static int devices, version = 13000, initialised, major_number, minor_number;
static char *device_name;
static size_t room = (size_t)1 << 30, taken;
static long copies, launches;
static __thread CUcontext stack[32];
static __thread int depth;

/* ---- what the tests set and ask ---- */

void standin_set_device(const char *name, int major, int minor) {
  free(device_name);
  device_name = strdup(name), major_number = major, minor_number = minor;
}
void standin_plug(int count) {
  devices = count, initialised = 0;
  standin_set_device("stand-in, no GPU", 8, 6);
}
void standin_set_memory(size_t size) { room = size; }
void standin_set_version(int cuda) { version = cuda; }
long standin_copies(void) { return copies; }
long standin_launches(void) { return launches; }
int standin_context_depth(void) { return depth; }
int standin_context_users(void) { return primary.users; }

/* Live allocations on the device (or host), streams and events together. */
size_t standin_live(void) {
  size_t count = 0;
  pthread_mutex_lock(&lock);
  for (Memory *m = memories; m; m = m->next) count++;
  for (CUstream s = streams; s; s = s->next) count++;
  for (CUevent e = events; e; e = e->next) count++;
  pthread_mutex_unlock(&lock);
  return count;
}

/* ---- memory ---- */

static Memory *owner(const void *start, size_t size, int on_host) {
  for (Memory *m = memories; m; m = m->next)
    if (m->on_host == on_host && (char *)start >= m->start && (char *)start + size <= m->start + m->size)
      return m;
  return NULL;
}

static CUresult take(size_t size, int on_host, void **start) {
  if (!size) return CUDA_ERROR_INVALID_VALUE;
  if (!on_host && taken + size > room) return CUDA_ERROR_OUT_OF_MEMORY;
  Memory *m = malloc(sizeof *m);
  if (!m || posix_memalign((void **)&m->start, 512, size)) return CUDA_ERROR_OUT_OF_MEMORY;
  memset(m->start, 0xCD, size); /* fresh memory holds nothing useful */
  m->size = size, m->on_host = on_host, m->next = memories, memories = m;
  if (!on_host) taken += size;
  *start = m->start;
  return CUDA_SUCCESS;
}

static CUresult give_back(void *start, int on_host) {
  for (Memory **p = &memories; *p; p = &(*p)->next) {
    Memory *m = *p;
    if (m->start != start || m->on_host != on_host) continue;
    *p = m->next;
    if (!on_host) taken -= m->size;
    free(m->start), free(m);
    return CUDA_SUCCESS;
  }
  return CUDA_ERROR_INVALID_VALUE;
}

/* ---- queues ---- */

static void append(Queue *queue, Op op) {
  Op *copy = malloc(sizeof *copy);
  *copy = op, copy->next = NULL;
  if (queue->last) queue->last->next = copy; else queue->first = copy;
  queue->last = copy;
}

static void empty(Queue *queue) {
  for (Op *op = queue->first, *next; op; op = next) next = op->next, free(op);
  queue->first = queue->last = NULL;
}

static void run(Op *op) {
  switch (op->kind) {
    case COPY: memmove(op->to, op->from, op->size); copies++; break;
    case MARK: op->event->reached = op->mark; break;
    case HOST_FUNCTION: /* may take the interpreter's lock: not with ours held */
      pthread_mutex_unlock(&lock);
      op->function(op->argument);
      pthread_mutex_lock(&lock);
  }
}

/* Runs a stream up to a mark; all of it without one. */
static void advance(CUstream stream, CUevent event) {
  unsigned long mark = event ? event->recorded : 0;
  while (stream->queue.first && !(event && event->reached >= mark)) {
    Op *op = stream->queue.first;
    stream->queue.first = op->next;
    if (!op->next) stream->queue.last = NULL;
    run(op);
    free(op);
  }
}

static int is_stream(CUstream stream) {
  for (CUstream s = streams; s; s = s->next) if (s == stream) return 1;
  return 0;
}

static int is_event(CUevent event) {
  for (CUevent e = events; e; e = e->next) if (e == event) return 1;
  return 0;
}

static CUresult queue(CUstream stream, Op op) {
  if (!is_stream(stream)) return CUDA_ERROR_INVALID_HANDLE;
  append(stream->recording ? &stream->recording->queue : &stream->queue, op);
  return CUDA_SUCCESS;
}

/* Calls that allocate or wait spoil a recording of their own thread. */
static int spoils_recording(void) {
  for (CUstream s = streams; s; s = s->next)
    if (s->recording && pthread_equal(s->recorder, pthread_self())) return s->spoilt = 1;
  return 0;
}

static CUresult ready(void) {
  if (!initialised) return CUDA_ERROR_NOT_INITIALIZED;
  return depth ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

#define ENTER do { CUresult state = ready(); if (state) return state; pthread_mutex_lock(&lock); } while (0)
#define LEAVE(result) do { CUresult answer = (result); pthread_mutex_unlock(&lock); return answer; } while (0)

/* ---- devices and contexts ---- */

CUresult cuInit(unsigned flags) {
  (void)flags;
  if (!devices) return CUDA_ERROR_NO_DEVICE;
  initialised = 1;
  return CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int *out) { *out = version; return CUDA_SUCCESS; }
CUresult cuDeviceGetCount(int *out) { *out = devices; return initialised ? CUDA_SUCCESS : CUDA_ERROR_NOT_INITIALIZED; }
CUresult cuDeviceGet(CUdevice *out, int ordinal) {
  *out = ordinal;
  return !initialised ? CUDA_ERROR_NOT_INITIALIZED : ordinal < devices ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}
CUresult cuDeviceGetName(char *out, int size, CUdevice device) {
  (void)device;
  snprintf(out, size, "%s", device_name);
  return CUDA_SUCCESS;
}
CUresult cuDeviceTotalMem(size_t *out, CUdevice device) { (void)device; *out = room; return CUDA_SUCCESS; }
CUresult cuDeviceComputeCapability(int *major, int *minor, CUdevice device) {
  (void)device;
  *major = major_number, *minor = minor_number;
  return CUDA_SUCCESS;
}
CUresult cuDeviceGetAttribute(int *out, CUdevice_attribute attribute, CUdevice device) {
  (void)device;
  *out = attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? major_number
       : attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR ? minor_number : 0;
  return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxRetain(CUcontext *out, CUdevice device) { (void)device; primary.users++; *out = &primary; return CUDA_SUCCESS; }
CUresult cuDevicePrimaryCtxRelease(CUdevice device) {
  (void)device;
  if (!primary.users) return CUDA_ERROR_INVALID_CONTEXT;
  primary.users--;
  return CUDA_SUCCESS;
}
CUresult cuCtxPushCurrent(CUcontext context) {
  if (context != &primary || !primary.users) return CUDA_ERROR_INVALID_CONTEXT;
  stack[depth++] = context;
  return CUDA_SUCCESS;
}
CUresult cuCtxPopCurrent(CUcontext *out) {
  if (!depth) return CUDA_ERROR_INVALID_CONTEXT;
  *out = stack[--depth];
  return CUDA_SUCCESS;
}
CUresult cuCtxGetCurrent(CUcontext *out) { *out = depth ? stack[depth - 1] : NULL; return CUDA_SUCCESS; }
CUresult cuCtxGetDevice(CUdevice *out) { *out = 0; return ready(); }

/* ---- memory and copies ---- */

CUresult cuMemAlloc(CUdeviceptr *out, size_t size) {
  ENTER;
  if (spoils_recording()) LEAVE(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  LEAVE(take(size, 0, (void **)out));
}
CUresult cuMemFree(CUdeviceptr start) { ENTER; LEAVE(give_back((void *)start, 0)); }
CUresult cuMemHostAlloc(void **out, size_t size, unsigned flags) { (void)flags; ENTER; LEAVE(take(size, 1, out)); }
CUresult cuMemFreeHost(void *start) { ENTER; LEAVE(give_back(start, 1)); }

/* Host memory has to be pinned: from other memory the driver's copy would not be asynchronous. */
static CUresult copy(void *to, int to_host, const void *from, int from_host, size_t size, CUstream stream) {
  if (!owner(to, size, to_host) || !owner(from, size, from_host)) return CUDA_ERROR_INVALID_VALUE;
  return queue(stream, (Op){.kind = COPY, .to = to, .from = from, .size = size});
}
CUresult cuMemcpyHtoDAsync(CUdeviceptr to, const void *from, size_t size, CUstream stream) {
  ENTER;
  LEAVE(copy((void *)to, 0, from, 1, size, stream));
}
CUresult cuMemcpyDtoHAsync(void *to, CUdeviceptr from, size_t size, CUstream stream) {
  ENTER;
  LEAVE(copy(to, 1, (void *)from, 0, size, stream));
}

/* ---- streams and events ---- */

CUresult cuStreamCreate(CUstream *out, unsigned flags) {
  (void)flags;
  ENTER;
  *out = calloc(1, sizeof **out);
  (*out)->next = streams, streams = *out;
  LEAVE(CUDA_SUCCESS);
}
CUresult cuStreamDestroy(CUstream stream) {
  ENTER;
  for (CUstream *p = &streams; *p; p = &(*p)->next) {
    if (*p != stream) continue;
    *p = stream->next;
    empty(&stream->queue);
    free(stream);
    LEAVE(CUDA_SUCCESS);
  }
  LEAVE(CUDA_ERROR_INVALID_HANDLE);
}
CUresult cuStreamSynchronize(CUstream stream) {
  ENTER;
  if (!is_stream(stream)) LEAVE(CUDA_ERROR_INVALID_HANDLE);
  if (stream->recording) { stream->spoilt = 1; LEAVE(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED); }
  advance(stream, NULL);
  LEAVE(CUDA_SUCCESS);
}
CUresult cuLaunchHostFunc(CUstream stream, CUhostFn function, void *argument) {
  ENTER;
  LEAVE(queue(stream, (Op){.kind = HOST_FUNCTION, .function = function, .argument = argument}));
}
CUresult cuEventCreate(CUevent *out, unsigned flags) {
  (void)flags;
  ENTER;
  *out = calloc(1, sizeof **out);
  (*out)->next = events, events = *out;
  LEAVE(CUDA_SUCCESS);
}
CUresult cuEventDestroy(CUevent event) {
  ENTER;
  for (CUevent *p = &events; *p; p = &(*p)->next) {
    if (*p != event) continue;
    *p = event->next;
    free(event);
    LEAVE(CUDA_SUCCESS);
  }
  LEAVE(CUDA_ERROR_INVALID_HANDLE);
}
CUresult cuEventRecord(CUevent event, CUstream stream) {
  ENTER;
  if (!is_event(event)) LEAVE(CUDA_ERROR_INVALID_HANDLE);
  event->stream = stream;
  LEAVE(queue(stream, (Op){.kind = MARK, .event = event, .mark = ++event->recorded}));
}
CUresult cuEventSynchronize(CUevent event) {
  ENTER;
  if (!is_event(event)) LEAVE(CUDA_ERROR_INVALID_HANDLE);
  if (event->recorded && is_stream(event->stream)) advance(event->stream, event);
  LEAVE(CUDA_SUCCESS);
}

/* ---- graphs ---- */

CUresult cuStreamBeginCapture(CUstream stream, CUstreamCaptureMode mode) {
  (void)mode;
  ENTER;
  if (!is_stream(stream)) LEAVE(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED); /* the default stream */
  if (stream->recording) LEAVE(CUDA_ERROR_ILLEGAL_STATE);
  stream->recording = calloc(1, sizeof *stream->recording);
  stream->recorder = pthread_self(), stream->spoilt = 0;
  LEAVE(CUDA_SUCCESS);
}
CUresult cuGraphDestroy(CUgraph graph) { empty(&graph->queue); free(graph); return CUDA_SUCCESS; }
CUresult cuStreamEndCapture(CUstream stream, CUgraph *out) {
  ENTER;
  if (!is_stream(stream) || !stream->recording) LEAVE(CUDA_ERROR_ILLEGAL_STATE);
  *out = stream->recording, stream->recording = NULL;
  if (!stream->spoilt) LEAVE(CUDA_SUCCESS);
  cuGraphDestroy(*out), *out = NULL;
  LEAVE(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
}
CUresult cuGraphInstantiateWithFlags(CUgraphExec *out, CUgraph graph, unsigned long long flags) {
  (void)flags;
  *out = calloc(1, sizeof **out);
  for (Op *op = graph->queue.first; op; op = op->next) append(&(*out)->queue, *op);
  return CUDA_SUCCESS;
}
CUresult cuGraphExecDestroy(CUgraphExec graph) { empty(&graph->queue); free(graph); return CUDA_SUCCESS; }
CUresult cuGraphLaunch(CUgraphExec graph, CUstream stream) {
  ENTER;
  CUresult result = CUDA_SUCCESS;
  for (Op *op = graph->queue.first; op && !result; op = op->next) result = queue(stream, *op);
  launches++;
  LEAVE(result);
}

/* ---- errors and entries ---- */

static CUresult name_of(CUresult result, const char **out) {
  *out = result == CUDA_SUCCESS ? "no error"
       : result == CUDA_ERROR_OUT_OF_MEMORY ? "out of memory"
       : result == CUDA_ERROR_NO_DEVICE ? "no CUDA-capable device is detected" : "refused by the stand-in";
  return CUDA_SUCCESS;
}
CUresult cuGetErrorString(CUresult result, const char **out) { return name_of(result, out); }
CUresult cuGetErrorName(CUresult result, const char **out) { return name_of(result, out); }

/* NVIDIA's bindings look every entry up by its plain name; in the library some end in _v2 and so on. */
CUresult cuGetProcAddress_v2(const char *name, void **out, int cuda, cuuint64_t flags, CUdriverProcAddressQueryResult *status) {
  static const char *const endings[] = {"", "_v2", "_v3", "WithFlags"};
  char entry[128];
  Dl_info self;
  (void)cuda, (void)flags;
  dladdr((void *)&cuGetProcAddress_v2, &self);
  void *library = dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD);
  *out = NULL;
  for (size_t i = 0; !*out && i < sizeof endings / sizeof *endings; i++) {
    snprintf(entry, sizeof entry, "%s%s", name, endings[i]);
    *out = dlsym(library, entry);
  }
  dlclose(library);
  if (status) *status = *out ? CU_GET_PROC_ADDRESS_SUCCESS : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
  return *out ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}
