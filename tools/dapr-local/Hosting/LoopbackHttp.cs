namespace DaprLocal.Hosting;

/// <summary>HTTP clients for processes on this machine: never through a proxy that the environment names.</summary>
internal static class LoopbackHttp
{
    /// <summary>A client whose calls are given up after <paramref name="timeout"/>.</summary>
    public static HttpClient Create(Uri? baseAddress, TimeSpan timeout) =>
        new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = baseAddress, Timeout = timeout };
}
