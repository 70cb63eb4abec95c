using Dapr.Common.Serialization;

namespace DaprWorkflow.Tests.Replay.Recorded;

/// <summary>Payloads as the text that they are, so that what goes over the wire is compared letter by letter. Nothing is the empty text, as with JSON.</summary>
internal sealed class TextSerializer : IDaprSerializer
{
    public string Serialize<T>(T value) => Serialize(value, typeof(T));

    public string Serialize(object? value, Type? inputType = null) => (string?)value ?? "";

    public T? Deserialize<T>(string? data) => (T?)Deserialize(data, typeof(T));

    public object? Deserialize(string? data, Type returnType) => string.IsNullOrEmpty(data) ? null : data;
}
