using System.Text.Json;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>A value in a body that is not taken, with a message for the client; <see cref="JsonBody"/> names the field. What .NET says of others is not for clients.</summary>
internal sealed class ValueRefusedException(string message) : JsonException(message);
